"""Columns are recognised by their headings, as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.forms import MentorForm, ReferralForm
from intake.imports.fields import (
    FIELDS,
    IGNORED,
    Kind,
    Known,
    columns_of,
    field_of,
    heading_row,
    headings,
)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Prénom", "given_name"),
        ("NOM", "family_name"),
        ("Nom de l'élève", "family_name"),
        ("Nom et prénom", "full_name"),
        ("Date de naissance", "birth_date"),
        ("Né(e) le", "birth_date"),
        ("Code postal", "postcode"),
        ("Ville/Commune", "commune"),
        ("Classe/Niveau", "level"),
        ("Téléphone du responsable légal", "guardian.phone"),
        ("TEL PARENT", "guardian.phone"),
        ("Responsable légal", "guardian.full_name"),
        ("Nom du responsable légal *", "guardian.family_name"),
        ("Mail", "email"),
        ("  e-mail ", "email"),
        ("Besoin", "needs"),
        ("Disponibilités", "slots"),
        ("Secteur", "sectors"),
        ("Langues", "languages"),
        ("Distance max (km)", "reach_km"),
        ("First name", "given_name"),
        ("À corriger", IGNORED),
        ("Couleur préférée", None),
    ],
)
def test_a_heading_is_recognised_whatever_its_accents_and_case(heading, field):
    assert field_of(heading, Kind.REFERRALS) == field
    assert field_of(heading.upper(), Kind.REFERRALS) == field


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_has_a_heading_in_both_languages_that_leads_back_to_it(kind):
    for field in FIELDS[kind]:
        heading = headings()[field]
        assert field_of(heading.fr, kind) == field
        assert field_of(heading.en, kind) == field


@pytest.mark.parametrize(
    ("kind", "form"), [(Kind.REFERRALS, ReferralForm), (Kind.MENTORS, MentorForm)]
)
def test_every_question_of_the_form_can_be_answered_by_a_column(kind, form):
    elsewhere = {"offer_id", "door", "chooses", "guardian", "association_id", "programme_ids"}
    texts = {"motivation_text", "expectations_text"}

    assert form.model_fields.keys() - elsewhere - texts <= set(FIELDS[kind])


def test_a_second_column_of_the_same_name_is_free_to_be_mapped():
    columns = columns_of(["Tél", "Téléphone", "Langues", "Langue"], Known(Kind.REFERRALS, {}, {}))

    assert [each.field for each in columns] == ["phone", None, "languages", "languages"]


FATHER = ["Nom père", "Prénom père", "Tél père"]
FATHERS = ["guardian.family_name", "guardian.given_name", "guardian.phone"]


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ([*FATHER, "Nom mère", "Mail mère"], [*FATHERS, None, None]),
        (["Mail mère", *FATHER], ["guardian.email", None, None, None]),
        (["Nom du responsable légal", "Tél mère"], ["guardian.family_name", None]),
        (["Nom parent 1", "Tél parent 1", "Mail parent 2"], [*FATHERS[::2], None]),
        (["Tél père/mère", "Mail parents"], ["guardian.phone", "guardian.email"]),
    ],
)
def test_a_guardian_is_never_put_together_from_two_parents(row, fields):
    columns = columns_of(row, Known(Kind.REFERRALS, {}, {}))

    assert [each.field for each in columns] == fields


def test_the_parent_of_whom_somebody_spoke_is_the_guardian():
    row = [*FATHER, "Nom mère", "Mail mère"]

    said = columns_of(row, Known(Kind.REFERRALS, {"D": "guardian.family_name"}, {}))
    both = columns_of(row, Known(Kind.REFERRALS, {"A": FATHERS[0], "E": "guardian.email"}, {}))

    assert [each.field for each in said] == [*[None] * 3, "guardian.family_name", "guardian.email"]
    assert [each.field for each in both] == [*FATHERS, None, "guardian.email"]


def test_what_was_said_wins_over_what_is_remembered_and_that_over_the_words():
    known = Known(Kind.REFERRALS, {"A": "notes", "B": ""}, {"ville": "level", "nom": "notes"})

    columns = columns_of(["Ville", "Prénom", "Nom"], known)

    assert [(each.field, each.how) for each in columns] == [
        ("notes", "said"),
        (None, "said"),
        ("notes", "remembered"),
    ]


def test_titles_above_the_headings_are_passed_over():
    rows = [["Liste des élèves"], [], ["Nom", "Prénom", "Ville"], ["Martin", "Léa", "Lyon"]]

    assert heading_row(rows, Kind.REFERRALS) == 2
    assert heading_row([["a"], ["b"]], Kind.REFERRALS) is None


@given(st.text(max_size=300))
def test_any_text_is_a_heading_that_is_known_or_not(text):
    assert field_of(text, Kind.REFERRALS) in {*FIELDS[Kind.REFERRALS], IGNORED, None}
