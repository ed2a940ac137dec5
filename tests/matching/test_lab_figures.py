"""What the lab tells: waits without survivors alone, a table, and a picture with its axes."""

import csv
from io import StringIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.lab.figures import reached, row_of, waiting_curve
from matching.lab.picture import picture
from matching.lab.replay import replay
from matching.lab.table import COLUMNS, comma_separated, markdown
from tests.matching.arrivals import CALM, DAILY, history, mentees


def test_who_still_waits_counts_as_long_as_they_were_watched():
    watched = [(1.0, True), (2.0, False), (3.0, True), (4.0, False)]

    assert waiting_curve(watched) == ((0.0, 1.0), (1.0, 0.75), (3.0, 0.375))


@given(st.lists(st.integers(0, 9).map(float), min_size=1, max_size=12))
def test_where_all_are_served_the_median_is_the_plain_one(days):
    curve = waiting_curve([(day, True) for day in days])

    half = sorted(days)[-(-len(days) // 2) - 1]
    assert reached(curve, 0.5) == half
    assert reached(curve, 1.0) == max(days)


def test_who_gave_up_makes_no_wait_look_short():
    served_late = [(9.0, True)]

    alone = waiting_curve([*served_late, (30.0, False)])

    assert reached(alone, 0.9) is None


def rows():
    few = history(mentees(0, 0, 1), 2)
    return [row_of("Rares & « chers » <1>", replay(few, DAILY, CALM))]


@pytest.mark.parametrize(
    ("language", "axes"),
    [
        (
            "fr",
            {
                "Jours depuis l’orientation",
                "Part encore sans mentor (%)",
                "Accord d’un binôme (%)",
                "Part des binômes au-dessus (%)",
            },
        ),
        ("en", {"Days since the referral", "Share still without a mentor (%)"}),
    ],
)
def test_the_picture_is_xml_that_names_its_axes_and_its_scenarios(language, axes):
    drawn = ET.fromstring(picture(rows(), language))  # noqa: S314 - it is ours

    told = {each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert axes | {"Rares & « chers » <1>"} <= told
    assert drawn.findtext("{http://www.w3.org/2000/svg}title")


def test_a_picture_of_nothing_is_still_a_picture():
    nothing = row_of("vide", replay(history((), 0), DAILY, CALM))

    assert ET.fromstring(picture([nothing], "fr")) is not None  # noqa: S314 - it is ours


def test_the_table_says_what_was_never_reached():
    [row] = rows()

    assert (row.served, row.waiting, row.p90_days) == (2, 1, None)
    assert "pas atteint" in markdown([row], "fr")
    assert "| 2 (67 %) |" in markdown([row], "fr")
    [head, line] = csv.reader(StringIO(comma_separated([row])))
    assert tuple(head) == COLUMNS
    assert (line[0], line[COLUMNS.index("p90_days")]) == (row.name, "")
