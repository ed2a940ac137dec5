"""The text of an agreement: the same bytes for the same clauses, and fair to both sides."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Signatory
from common.contracts.vocabulary import Setting
from followup import templates
from followup.domain.agreements import signatories_of
from followup.domain.clauses import terms_of
from followup.domain.pairs import open_pair
from followup.domain.rendering import Parties, render, sha256_of
from tests.followup.facts import GUARDIAN, MENTEE, MENTOR, POLICY, pair_formed

AGREEMENT = UUID(int=7)
EXPECTED = "341dcd61e0d7f7d700818b4282b301120ccdfad809d9041fb29a05b53cdad74c"
CODES = ("afev", "clavim", "mentoru", "remote", "un_jeune_un_mentor")
PARTIES = Parties(
    names={
        Signatory.MENTOR: "Inès Le Goff",
        Signatory.MENTEE: "Yanis Moreau",
        Signatory.GUARDIAN: "Claire Moreau",
        Signatory.ORGANISATION: "CLAVIM",
    },
    organisation="CLAVIM",
    programme="Espace Jeunes",
)


def text_of(code, language="fr", parties=PARTIES):
    template = templates.newest_template(code, language)
    return render(template, AGREEMENT, terms_of(POLICY), parties)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_template_can_be_written_in_both_languages(code, language):
    text = text_of(code, language).decode()

    assert "{" not in text
    assert "Inès Le Goff" in text
    assert set(templates.newest_template(code, language).consent) == set(Signatory)


@pytest.mark.parametrize("code", CODES)
def test_confidentiality_protects_the_mentee_as_much_as_the_mentor(code):
    [clause] = [line for line in text_of(code).decode().splitlines() if "nuire" in line]

    assert "à l'un ou à l'autre" in clause
    assert "aucun des deux" in clause


def test_the_text_says_how_often_how_long_and_where():
    text = text_of("clavim").decode()

    assert "au moins une fois par mois et 60 minutes au total par mois" in text
    assert "6 mois au moins" in text
    assert "dans les locaux de l'association ou à distance, par visioconférence" in text


def test_a_guardian_has_an_article_only_if_there_is_one():
    alone = Parties(
        names={Signatory.MENTOR: "A", Signatory.MENTEE: "B"}, organisation="C", programme="D"
    )

    assert "responsable légal de" in text_of("clavim").decode()
    assert "responsable légal de" not in text_of("clavim", parties=alone).decode()


def test_the_bytes_of_today_are_those_that_were_signed_before():
    """A change of these words needs a new version of the template, not another hash here."""
    assert sha256_of(text_of("clavim")) == EXPECTED


@given(st.text(max_size=40))
def test_a_name_cannot_write_into_the_clauses(name):
    parties = Parties(
        names={Signatory.MENTOR: "{months}" + name, Signatory.MENTEE: "B"},
        organisation="{mentee}",
        programme="D",
    )

    text = render(
        templates.newest_template("mentoru", "fr"), AGREEMENT, terms_of(POLICY), parties
    ).decode()

    assert "{months}" in text
    assert (
        text
        == render(
            templates.newest_template("mentoru", "fr"), AGREEMENT, terms_of(POLICY), parties
        ).decode()
    )


def test_a_minor_in_care_needs_five_signatures():
    pair = open_pair(pair_formed(setting=Setting.CHILD_PROTECTION), POLICY)

    assert signatories_of(pair, POLICY, GUARDIAN) == {
        Signatory.MENTOR: MENTOR,
        Signatory.MENTEE: MENTEE,
        Signatory.GUARDIAN: GUARDIAN,
        Signatory.ORGANISATION: None,
        Signatory.CHILD_PROTECTION: None,
    }
