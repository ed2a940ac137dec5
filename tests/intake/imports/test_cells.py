"""What a cell says is understood as its writer meant it, or named as a problem."""

from contextlib import suppress
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.vocabulary import AgeBand
from intake.imports.cells import (
    FIRST_DAY,
    CellProblem,
    read_age_band,
    read_commune,
    read_date,
    read_phone,
    read_words,
    read_yes,
    readings,
    split_name,
)
from intake.imports.hours import DAYS, NotHours, hours_of

ON = date(2026, 9, 7)
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
)
EVENINGS = {day: range(18, 21) for day in range(1, 7)}
a_date = partial(read_date, on=ON)
kilometres, minutes = readings(ON)["reach_km"], readings(ON)["reach_minutes"]


@given(st.dates(date(1930, 1, 1), date(2026, 9, 7)))
def test_a_date_is_the_same_however_it_is_written(day):
    month = MONTHS[day.month - 1]
    written = [
        day.strftime("%d/%m/%Y"),
        f"{day.day}/{day.month}/{day.year}",
        day.strftime("%d-%m-%Y"),
        day.strftime("%d.%m.%Y"),
        day.isoformat(),
        f"{day.isoformat()} 00:00:00",
        f"{day.day} {month} {day.year}",
        f"{day.day} {month.upper()} {day.year}",
        str((day - FIRST_DAY).days),
    ]

    assert {a_date(each) for each in written} == {day.isoformat()}


@given(st.integers(0, 99))
def test_a_year_of_two_digits_is_never_to_come(year):
    read = date.fromisoformat(a_date(f"1/1/{year:02}"))

    assert read.year % 100 == year
    assert timedelta() <= ON - read < timedelta(days=100 * 366)


@pytest.mark.parametrize(
    "text", ["3 sept. 2012", "3 sept 12", "lundi 3 septembre 2012", "41155", "03 09 2012"]
)
def test_a_date_may_be_shortened(text):
    assert a_date(text) == "2012-09-03"


@pytest.mark.parametrize(
    "text", ["31/02/2012", "09/13/2012", "hier", "2012", "99999", "3 brumaire 2012", "00/00/0000"]
)
def test_what_is_no_day_of_the_calendar_is_a_problem(text):
    with pytest.raises(CellProblem, match="not_a_date"):
        a_date(text)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("612345678", "0612345678"),
        ("0612345678", "0612345678"),
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("06.12.34.56.78", "06.12.34.56.78"),
        ("33612345678", "+33612345678"),
        ("+33 6 12 34 56 78", "+33 6 12 34 56 78"),
    ],
)
def test_a_phone_gets_back_the_zero_that_a_spreadsheet_took(text, phone):
    assert read_phone(text) == phone


@pytest.mark.parametrize("text", ["oui", "OUI", "x", "X", "Vrai", "1", "✓", "Yes"])
def test_a_mark_is_a_yes(text):
    assert read_yes(text) is True


@pytest.mark.parametrize("text", ["non", "Non", "faux", "0", "no"])
def test_a_no_is_a_no(text):
    assert read_yes(text) is False


def test_neither_yes_nor_no_is_a_problem():
    with pytest.raises(CellProblem, match="not_yes_or_no"):
        read_yes("peut-être")


@pytest.mark.parametrize("separator", [",", ";", "/", "|", " , ", "\n"])
def test_several_words_stand_in_one_cell(separator):
    text = separator.join(["Aide aux devoirs", "ORIENTATION", "aide aux devoirs"])

    assert read_words(text, words="needs") == ("school_work", "orientation")


def test_a_label_that_holds_a_comma_is_one_word():
    assert read_words("CV, lettre et entretien", words="needs") == ("cv_interview",)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("Aix-en-Provence", "", ""), "13001"),
        (("", "13100", ""), None),
        (("Saint-Denis", "93200", ""), "93066"),
        (("SAINT DENIS (93200)", "93200", ""), "93066"),
        (("Bourg en Bresse", "1000", ""), "01053"),
        (("n'importe quoi", "", "13055"), "13055"),
    ],
)
def test_a_town_is_found_by_name_postcode_and_insee_code(cells, code):
    if code is None:
        with pytest.raises(Exception, match="commune"):
            read_commune(cells)
    else:
        assert read_commune(cells) == code


@pytest.mark.parametrize(
    ("text", "band"),
    [
        *(("14", "11-14"), ("14 ans", "11-14"), ("15-17", "15-17"), ("15 à 17 ans", "15-17")),
        *((band, band) for band in AgeBand),
    ],
)
def test_an_age_gives_its_band(text, band):
    assert read_age_band(text) == band


def test_a_number_may_carry_its_unit():
    assert [kilometres(each) for each in ("20", "20 km", "20,0", "20 Kilomètres")] == [20] * 4
    assert [minutes(each) for each in ("90", "90 min.", "20h", "1 heure")] == [90, 90, 1200, 60]


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        ("reach_km", "20 min"),
        ("reach_km", "20 miles"),
        ("reach_minutes", "20 km"),
        ("reach_minutes", "1h30"),
        ("minutes_a_month", "2 séances"),
        ("capacity", "2h"),
    ],
)
def test_a_number_of_something_else_is_a_problem(reading, text):
    with pytest.raises(CellProblem, match="not_a_number"):
        readings(ON)[reading](text)


@pytest.mark.parametrize("text", ["10-18", "vieux", "4", "-3", "14 km"])
def test_what_is_no_band_is_a_problem(text):
    with pytest.raises(CellProblem):
        read_age_band(text)


def test_a_full_name_is_parted_by_its_capitals():
    assert split_name("BENALI-ROUX Inès Marie") == ("Inès Marie", "BENALI-ROUX")
    assert split_name("Inès DE LA TOUR") == ("Inès", "DE LA TOUR")
    with pytest.raises(CellProblem, match="which_name"):
        split_name("Martin Bernard")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("mercredi après-midi", {2: range(14, 18)}),
        ("Lundi 17h-19h ; samedi matin", {0: range(17, 19), 5: range(8, 12)}),
        ("lun, mar soir", {0: range(18, 21), 1: range(18, 21)}),
        ("lundi au mercredi 17h30 à 19h", dict.fromkeys(range(3), range(17, 19))),
        ("week-end", dict.fromkeys((5, 6), range(8, 20))),
        ("Wednesday afternoon", {2: range(14, 18)}),
        ("mardi à partir de 18h", {1: range(18, 21)}),
        ("mardi 18:00-20:30", {1: range(18, 21)}),
        ("flexible", {}),
        ("lundi 9h-12h, 14h-17h", {0: [*range(9, 12), *range(14, 17)]}),
        ("mercredi matin/après-midi", {2: [*range(8, 12), *range(14, 18)]}),
        ("lundi, mardi soir ; 8h-10h", dict.fromkeys((0, 1), (8, 9, 18, 19, 20))),
        ("lundi matin, tous les soirs", {0: [*range(8, 12), 18, 19, 20]} | EVENINGS),
        ("samedi au lundi soir", dict.fromkeys((0, 5, 6), range(18, 21))),
        ("mercredi après-midi hors vacances scolaires", {2: range(14, 18)}),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert hours_of(text) == tuple(day * 24 + hour for day in spans for hour in spans[day])


@pytest.mark.parametrize(
    "text",
    [
        "tous les jours sauf mercredi",
        "le soir sauf vendredi",
        "pas le lundi matin",
        "indisponible le mercredi",
        "lundi matin ; jamais le soir",
        "mardi 18h",
        "mercredi à 14h",
        "lundi avant 10h",
        "lundi jusqu'à midi",
        "mercredi une semaine sur 2",
        "Monday 2-4 pm",
        "Monday 2-4 p.m.",
        "weekdays, not Friday",
    ],
)
def test_hours_that_say_more_than_is_understood_are_a_problem(text):
    with pytest.raises(NotHours):
        hours_of(text)


@given(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24))
def test_any_span_of_any_day_is_understood(day, start, end):
    text = f"{DAYS[day].upper()} {start}h-{end}h"

    if start >= end:
        with pytest.raises(NotHours):
            hours_of(text)
    else:
        assert hours_of(text) == tuple(day * 24 + hour for hour in range(start, end))


@given(st.text(max_size=60))
def test_any_text_is_hours_of_the_week_or_a_problem(text):
    with suppress(NotHours):
        assert all(0 <= hour < 168 for hour in hours_of(text))
