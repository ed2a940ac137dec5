import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from common.contracts.vocabulary import (
    Axis,
    Code,
    Digital,
    Expectation,
    Gender,
    Modality,
    Motivation,
    Public,
    Setting,
    Support,
)
from intake.spelling import plain
from intake.vocabularies import (
    LISTS,
    UnknownWord,
    as_json,
    vocabularies,
    vocabulary,
)

NAMES = sorted(vocabularies())
words = st.sampled_from([(name, word) for name in NAMES for word in vocabulary(name).words])
anything = st.text(st.characters(), max_size=200)


@pytest.mark.parametrize("name", NAMES)
def test_every_code_fits_the_events_and_is_there_once(name):
    codes = [word.code for word in vocabulary(name).words]
    assert len(codes) == len(set(codes))
    for code in codes:
        TypeAdapter(Code).validate_python(code)


@pytest.mark.parametrize("name", NAMES)
def test_no_two_words_share_a_spelling(name):
    owner: dict[str, str] = {}
    for word in vocabulary(name).words:
        for spelling in {plain(s) for s in (word.code, word.fr, word.en, *word.also)}:
            assert owner.setdefault(spelling, word.code) == word.code, spelling
            assert spelling


@pytest.mark.parametrize("name", NAMES)
def test_every_word_has_a_label_in_both_languages(name):
    assert all(word.fr.strip() and word.en.strip() for word in vocabulary(name).words)


@pytest.mark.parametrize(
    ("name", "enumeration"),
    [
        ("axis", Axis),
        ("digital", Digital),
        ("expectation", Expectation),
        ("gender", Gender),
        ("modality", Modality),
        ("motivation", Motivation),
        ("public", Public),
        ("setting", Setting),
        ("support", Support),
    ],
)
def test_the_short_lists_say_every_choice_of_the_contracts(name, enumeration):
    assert [word.code for word in vocabulary(name).words] == [
        member.value for member in enumeration
    ]


def test_the_long_lists_are_of_a_size_that_people_can_choose_from():
    sizes = {name: len(vocabulary(name).words) for name in LISTS}
    assert all(15 <= size <= 90 for size in sizes.values()), sizes


def test_every_division_of_the_naf_belongs_to_one_sector():
    files = Path(__file__).parents[2] / "services" / "intake" / "data" / "sectors.csv"
    with files.open(encoding="utf-8", newline="") as file:
        divisions = [d for row in csv.DictReader(file) for d in row["naf"].split()]
    assert len(divisions) == len(set(divisions)) == 88


@given(words)
def test_every_word_is_understood_by_its_code_its_labels_and_its_other_spellings(pair):
    name, word = pair
    for text in (word.code, word.fr, word.en, *word.also):
        assert vocabulary(name).resolve(text) == word.code
        assert vocabulary(name).resolve(f"  {text.upper()} ") == word.code


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("levels", "Troisième", "3e"),
        ("levels", "3EME", "3e"),
        ("levels", "demandeur d’emploi", "jobseeker"),
        ("levels", "Lycée", "lycee"),
        ("languages", "Français", "fr"),
        ("languages", "FRANCAIS", "fr"),
        ("languages", "Arabic", "ar"),
        ("languages", "langue des signes", "fsl"),
        ("sectors", "BTP", "construction"),
        ("sectors", "sante", "health"),
        ("functions", "rh", "human_resources"),
        ("hobbies", "Foot", "football"),
        ("needs", "CV", "cv_interview"),
        ("modality", "visio", "remote"),
        ("gender", "F", "female"),
    ],
)
def test_a_word_is_recognised_as_people_write_it(name, text, code):
    assert vocabulary(name).resolve(text) == code


def test_a_code_is_said_in_the_readers_language():
    assert vocabulary("languages").label("de") == "Allemand"
    assert vocabulary("languages").label("de", "en") == "German"


def test_a_code_that_is_gone_stands_for_itself():
    assert vocabulary("sectors").label("alchemy", "en") == "alchemy"
    assert "alchemy" not in vocabulary("sectors")
    assert "health" in vocabulary("sectors")


def test_a_form_offers_codes_with_labels_in_the_order_of_the_file():
    assert vocabulary("modality").options("en")[0] == ("remote", "Remote")


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "not a sector", "🦊", "health " * 20])
def test_what_is_not_a_choice_is_refused_by_its_field_and_not_repeated(text):
    with pytest.raises(UnknownWord) as refused:
        vocabulary("sectors").resolve(text, field="sectors.0")
    assert refused.value.field == "sectors.0"
    assert refused.value.sentences["fr"] == UnknownWord.fr


def test_ten_megabytes_are_refused_without_being_read():
    with pytest.raises(UnknownWord):
        vocabulary("sectors").resolve("x" * 10_000_000)


@given(anything)
def test_any_text_is_a_known_code_or_refused(text):
    languages = vocabulary("languages")
    try:
        assert languages.resolve(text) in languages
    except UnknownWord:
        assert text not in languages


def test_all_vocabularies_export_as_json():
    document = json.loads(json.dumps(as_json()))
    assert set(document) == set(NAMES)
    assert document["axis"][0] == {"code": "education", "fr": "Scolarité", "en": "Education"}


def test_levels_are_grouped_for_figures_that_need_fewer_of_them():
    levels = {level["code"]: level["group"] for level in vocabulary("levels").as_json()}
    assert levels["3e"] == levels["6e"] == "lower_secondary"
    assert levels["neet"] == "not_in_education"


def test_the_export_command_writes_what_the_service_answers(tmp_path):
    file = tmp_path / "vocabularies.json"
    root = Path(__file__).parents[2]
    subprocess.run(
        [sys.executable, root / "scripts" / "build_vocabularies.py", "export", file],
        check=True,
        cwd=root,
        env={"PYTHONPATH": "services:libs"},
    )
    assert json.loads(file.read_text(encoding="utf-8")) == as_json()


def test_nothing_that_ships_is_large():
    data = Path(__file__).parents[2] / "services" / "intake" / "data"
    assert sum(file.stat().st_size for file in data.iterdir()) < 1_500_000
