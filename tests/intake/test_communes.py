"""The communes that intake ships: all of them, where they are, by their code."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import territories
from intake.gazetteer import lines
from intake.territories import Commune, Reading, UnknownCommune, find, resolve

CODES = sorted(lines())
codes = st.sampled_from(CODES)


def test_all_current_communes_and_arrondissements_are_there():
    assert len(CODES) == 35_008
    assert sum(code.startswith(("97", "98")) for code in CODES) > 210


def test_a_commune_says_all_that_is_known_of_it():
    assert find("01004") == Commune(
        code="01004",
        name="Ambérieu-en-Bugey",
        department="01",
        postcodes=("01500",),
        population=15_934,
        latitude=45.9581,
        longitude=5.3589,
        exact=True,
    )


def test_nearly_every_point_is_the_communes_own():
    approximate = [code for code in CODES if not find(code).exact]
    assert len(approximate) == 37
    assert all(code.startswith("98") or len(find(code).postcodes) for code in approximate)


def test_every_commune_is_on_the_globe_and_metropolitan_ones_in_europe():
    for commune in map(find, CODES):
        if commune.department < "97" or commune.department in {"2A", "2B"}:
            assert 41 < commune.latitude < 51.2, commune
            assert -5.2 < commune.longitude < 9.7, commune
        else:
            assert -30 < commune.latitude < 48, commune


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [
        ("75056", 48.857, 2.352),
        ("13004", 43.677, 4.628),  # Arles: its town hall, 20 km from the middle of its marshes
        ("69383", 45.760, 4.850),
        ("97411", -20.879, 55.448),
        ("2A004", 41.920, 8.738),
        ("97129", 16.294, -61.713),  # the middle: its town hall is listed on another continent
        ("98818", -22.276, 166.458),
    ],
)
def test_a_commune_is_where_its_people_are(code, latitude, longitude):
    commune = find(code)
    assert commune.latitude == pytest.approx(latitude, abs=0.03)
    assert commune.longitude == pytest.approx(longitude, abs=0.03)


def test_rural_is_fewer_than_two_thousand_inhabitants():
    assert find("15031").rural
    assert not find("75056").rural
    assert territories.VINTAGE == "2026"


def test_the_communes_that_died_for_france_have_nobody_and_a_place():
    douaumont_neighbour = find("55039")
    assert douaumont_neighbour.population == 0
    assert douaumont_neighbour.rural


@given(codes)
def test_every_commune_is_found_by_its_code(code):
    assert find(code).code == code
    assert resolve(code, reading=Reading.INSEE).code == code


def test_an_absorbed_code_gives_the_commune_of_today():
    assert find("12076").name == "Conques-en-Rouergue"
    assert resolve("12076").code == "12218"


@pytest.mark.parametrize("code", ["", "00000", "99999", "1001", "\x00", "\ud800", "75 056"])
def test_a_code_that_is_not_one_is_refused(code):
    with pytest.raises(UnknownCommune) as refused:
        find(code, field="mentee.commune")
    assert refused.value.field == "mentee.commune"


def test_the_communes_are_ready_in_a_moment():
    script = (
        "import common.errors, time; start = time.process_time();"
        "from intake.territories import find; find('75056');"
        "print(time.process_time() - start)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        env={"PYTHONPATH": "services:libs"},
        text=True,
    )
    assert float(done.stdout) < 0.3
