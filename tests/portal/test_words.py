"""Both languages say everything, and no template says anything by itself."""

import re
import string
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

import portal
from common.calendar import start_of
from portal.api.orders import COMMANDS
from portal.domain.letters import Kind
from portal.letters import BUTTONS
from portal.rendering import templates
from portal.words import LANGUAGES, Words, catalogue, spaced

FOLDER = Path(portal.__file__).parent / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*"))
KEY = re.compile(r"\bt(?:\.count)?\('([a-z0-9_.]+)'\s*(?:,|\))")


def placeholders(told: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(told) if name}


def test_both_languages_have_every_key():
    assert catalogue("fr").keys() == catalogue("en").keys()


def test_both_languages_have_the_same_places_for_values():
    french, english = (catalogue(each) for each in LANGUAGES)

    assert [key for key in french if placeholders(french[key]) != placeholders(english[key])] == []


def test_nothing_is_left_untold():
    for language in LANGUAGES:
        assert [key for key, told in catalogue(language).items() if not told.strip()] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_key_of_a_template_is_in_the_catalogue(name):
    source = (FOLDER / name).read_text(encoding="utf-8")
    known = catalogue("fr")

    missing = [
        key
        for key in KEY.findall(source)
        if key not in known and f"{key}.one" not in known and not key.endswith(".")
    ]

    assert missing == []


class Shown(HTMLParser):
    """Collects what a reader would see or hear of the fixed parts of a template."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def handle_data(self, data: str) -> None:
        self.told.append(data)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        spoken = ("alt", "title", "aria-label", "placeholder", "summary")
        self.told += [value or "" for name, value in attrs if name in spoken]


# What is not shown: comments, statements and the name of a width; an expression stands for words.
UNSEEN = re.compile(r"{#.*?#}|{% block width %}.*?{% endblock %}|{%.*?%}", re.DOTALL)
# A macro may hold attributes alone.
ATTRIBUTE = re.compile(r'\b[a-z-]+="[^"]*"')
EXPRESSION = re.compile(r"{{.*?}}", re.DOTALL)


@pytest.mark.parametrize("name", [each for each in TEMPLATES if each.endswith(".html")])
def test_no_template_has_words_of_its_own(name):
    source = (FOLDER / name).read_text(encoding="utf-8")
    shown = Shown()
    shown.feed(EXPRESSION.sub("0", UNSEEN.sub("", source)))
    shown.close()

    told = [ATTRIBUTE.sub("", each) for each in shown.told]
    assert [each for each in told if re.search(r"[A-Za-zÀ-ÿ]{2,}", each)] == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_button_and_says_that_it_was_done(name):
    for language in LANGUAGES:
        assert Words(language).has(f"do.{name}")
        assert Words(language).has(f"done.{name}")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_mail_has_its_words(kind):
    parts = ["subject", "text", *(["button"] if kind in BUTTONS else [])]
    for language in LANGUAGES:
        assert all(Words(language).has(f"mail.{kind}.{part}") for part in parts)


@pytest.mark.parametrize("name", [each for each in TEMPLATES if each.endswith(".html")])
def test_every_template_is_well_formed(name):
    assert templates().get_template(name).name == name


def test_counting_follows_the_grammar_of_each_language():
    assert Words("fr").count("catalogue.places", 0) == "0 place"
    assert Words("en").count("catalogue.places", 0) == "0 places"
    assert Words("fr").count("catalogue.places", 2) == "2 places"


def test_a_number_is_written_as_people_write_it():
    assert [Words(each).number(0.9) for each in LANGUAGES] == ["0,9", "0.9"]
    assert Words("fr").number(-12.25, "+.1f") == "-12,2"
    assert Words("fr").number(7) == "7"


def test_a_day_is_written_as_people_say_it():
    assert Words("fr").day("2026-11-21") == "samedi 21 novembre 2026"
    assert Words("en").moment("2026-11-21T17:00:00+00:00") == "Saturday 21 November 2026 at 18:00"


@pytest.mark.parametrize(
    "at",
    [
        "2027-05-29T22:30:00Z",
        "2027-05-30",
        start_of(date(2027, 5, 30)).isoformat(),
        datetime(2027, 5, 29, 22, 30, tzinfo=UTC),
        date(2027, 5, 30),
    ],
)
def test_the_day_of_a_moment_is_the_day_where_people_live(at):
    assert Words("fr").day(at) == "dimanche 30 mai 2027"


def test_french_signs_stay_with_their_word():
    assert spaced("Vraiment ? « Oui » : c'est dit ; merci !") == (
        "Vraiment\u202f? «\u00a0Oui\u00a0»\u00a0: c'est dit\u202f; merci\u202f!"
    )
    assert not [told for told in catalogue("fr").values() if re.search(" [;:!?»]|« ", told)]
