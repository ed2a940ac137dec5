"""A commune is recognised in what people write, or it is said why not."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import territories
from intake.gazetteer import CITIES, lines, name_key
from intake.spelling import LONGEST, plain
from intake.territories import AmbiguousCommune, Reading, UnknownCommune, find, resolve

CODES = sorted(lines())
codes = st.sampled_from(CODES)
anything = st.text(st.characters(), max_size=200)  # lone surrogates and NUL among them


def code_of(text: str, **options: Reading) -> str:
    return resolve(text, **options).code


def answers(text: str) -> set[str]:
    """Give the codes that a text can mean, one or several or none."""
    try:
        return {resolve(text).code}
    except AmbiguousCommune as ambiguous:
        return {c.code for c in ambiguous.candidates}
    except UnknownCommune:
        return set()


def test_a_refusal_does_not_repeat_what_was_written():
    with pytest.raises(UnknownCommune) as refused:
        resolve("<script>alert(1)</script>")
    assert "script" not in "".join(refused.value.sentences.values())


@settings(max_examples=300)
@given(codes, st.data())
def test_every_commune_resolves_by_its_name_and_postcode(code, data):
    commune = find(code)
    postcode = data.draw(st.sampled_from(commune.postcodes))
    found = resolve(f"{commune.name} {postcode}")
    if code in CITIES:
        assert found.name.startswith(f"{commune.name} ")
        assert postcode in found.postcodes
    else:
        assert found == commune
    assert resolve(f"{postcode} {commune.name.upper()}") == found


@settings(max_examples=300)
@given(codes)
def test_every_commune_resolves_by_its_name_and_code(code):
    assert code_of(f"{find(code).name} ({code})") == code


@given(codes)
def test_a_name_alone_gives_its_commune_or_the_list_that_holds_it(code):
    assert code in answers(find(code).name)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Saint-Étienne", "42218"),
        ("st etienne", "42218"),
        ("  ST.ETIENNE ", "42218"),
        ("SAINTE FOY LES LYON", "69202"),
        ("Ste-Foy-lès-Lyon", "69202"),
        ("L’Haÿ-les-Roses", "94038"),
        ("l'hay les roses", "94038"),
        ("Villeneuve s/ Lot", "47323"),
        ("Villeneuve s/Lot", "47323"),
        ("OEUILLY 51480", "51410"),
        ("Œuilly (51)", "51410"),
        ("Bordeaux\u00a033000", "33063"),
        ("Bordeaux (33)", "33063"),
        ("Saint-Denis 974", "97411"),
        ("St Denis 93", "93066"),
        ("Ajaccio 2A", "2A004"),
        ("2a004", "2A004"),
        ("20000 Ajaccio", "2A004"),
        ("Lille CEDEX 9", "59350"),
        ("59777 LILLE CEDEX", "59350"),
        ("1053", "01053"),
        ("1053.0", "01053"),
        ("Bourg en Bresse 1000", "01053"),
        ("Conques 12320", "12218"),
    ],
)
def test_a_commune_is_recognised_as_people_write_it(text, code):
    assert code_of(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Paris", "75056"),
        ("Paris 75", "75056"),
        ("Paris 75000", "75056"),
        ("Lyon (69)", "69123"),
        ("Lyon 69000", "69123"),
        ("Marseille", "13055"),
        ("Paris 12e", "75112"),
        ("paris 12", "75112"),
        ("Paris 1er", "75101"),
        ("PARIS 12EME ARRONDISSEMENT", "75112"),
        ("Paris 75012", "75112"),
        ("Paris 12e 75012", "75112"),
        ("Paris 75116", "75116"),
        ("Lyon 3e", "69383"),
        ("MARSEILLE 03", "13203"),
        ("Marseille 13e", "13213"),
        ("Marseille 13001", "13201"),
    ],
)
def test_the_three_cities_resolve_to_the_city_or_to_an_arrondissement(text, code):
    assert code_of(text) == code


@given(st.sampled_from(["Paris", "Lyon", "Marseille"]), st.integers(0, 99))
def test_an_arrondissement_is_one_of_its_city_or_is_refused(city, nth):
    try:
        assert resolve(f"{city} {nth}e").name.startswith(city)
    except UnknownCommune:
        assert nth == 0 or nth > {"Paris": 20, "Lyon": 9, "Marseille": 16}[city]


def test_marseille_13_is_the_city_or_its_thirteenth_and_is_not_guessed():
    with pytest.raises(AmbiguousCommune) as ambiguous:
        resolve("Marseille 13")
    assert [c.code for c in ambiguous.value.candidates] == ["13055", "13213"]


def test_a_bare_number_that_is_a_code_and_a_postcode_is_not_guessed():
    with pytest.raises(AmbiguousCommune) as ambiguous:
        resolve("13001")
    assert {c.code for c in ambiguous.value.candidates} == {"13001", "13201"}


def test_who_knows_what_a_column_holds_says_so():
    assert code_of("13001", reading=Reading.INSEE) == "13001"
    assert code_of("13001", reading=Reading.POSTCODE) == "13201"


def test_a_postcode_that_lost_its_zero_is_a_postcode():
    assert {c.code for c in territories.at_postcode("1000")} == {"01053", "01344"}
    assert code_of("Bourg-en-Bresse 1000") == "01053"


def test_an_ambiguous_name_is_answered_by_its_candidates_the_largest_first():
    with pytest.raises(AmbiguousCommune) as ambiguous:
        resolve("Saint-Denis", field="commune")
    assert [c.code for c in ambiguous.value.candidates[:2]] == ["97411", "93066"]
    assert "Saint-Denis (93066)" in ambiguous.value.sentences["fr"]
    assert "say which" in ambiguous.value.sentences["en"]


def test_a_long_list_of_candidates_is_shortened_in_the_sentence():
    with pytest.raises(AmbiguousCommune) as ambiguous:
        resolve("Sainte-Colombe")
    assert len(ambiguous.value.candidates) > territories.SHOWN
    assert ambiguous.value.sentences["en"].endswith(", ….")


@pytest.mark.parametrize("text", ["Paris 13001", "Bordeaux 75", "Paris 12e 75013", "Lyon 59777"])
def test_a_name_and_a_number_that_contradict_each_other_are_refused(text):
    with pytest.raises(UnknownCommune):
        resolve(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "\ud800",
        "Atlantide",
        "1er",
        "75",
        "x" * 10_000_000,
        "é" * 121,
        "🦊",
        "0" * 99,
    ],
)
def test_what_is_no_commune_is_refused(text):
    with pytest.raises(UnknownCommune):
        resolve(text)


@given(anything)
def test_any_text_gives_communes_or_a_refusal(text):
    assert answers(text) <= set(CODES)


def test_ten_megabytes_are_refused_without_being_read():
    huge = "Paris " * 2_000_000
    start = time.perf_counter()
    assert territories.search(huge) == ()
    assert territories.at_postcode(huge) == ()
    with pytest.raises(UnknownCommune):
        resolve(huge)
    assert time.perf_counter() - start < 0.5


@given(anything)
def test_spelling_plainly_twice_changes_nothing(text):
    assert plain(plain(text)) == plain(text)
    assert name_key(name_key(text)) == name_key(text)


@given(anything)
def test_a_plain_spelling_is_ascii_words(text):
    assert plain(text).isascii()
    assert plain(text).split() == [word for word in plain(text).split(" ") if word]


@given(codes, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_the_case_of_a_name_does_not_matter(code, change):
    name = find(code).name
    assert name_key(change(name)) == name_key(name)


def test_nothing_as_long_as_the_limit_is_a_name():
    assert max(len(find(code).name) for code in CODES) + len(" 75116 CEDEX 16") < LONGEST


def test_suggestions_begin_with_the_same_name_and_the_largest():
    names = [c.name for c in territories.search("saint den", 5)]
    assert names[0] == "Saint-Denis"
    assert all("saint den" in name_key(name) for name in names)


def test_a_word_inside_a_name_is_suggested_too():
    assert territories.search("havre")[0].name == "Le Havre"


def test_a_postcode_that_is_being_typed_suggests_its_communes():
    assert {c.department for c in territories.search("7501", 50)} <= {"75"}


@given(anything, st.integers(-2, 20))
def test_suggestions_never_exceed_their_limit(text, limit):
    assert len(territories.search(text, limit)) <= max(limit, 0)
