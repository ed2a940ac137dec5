"""A collective lives through the public APIs: twice the same for one seed, and once a platform."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from demo.play import Lived, Script, play
from demo.sign_ins import sign_ins
from local.platform import Platform
from local.ports import SERVICES, Ports
from local.trouble import Trouble
from tests.servers import open_folder

# Until a programme has changed its rules, with a twentieth of the people.
SCRIPT = Script(seed=11, scale=0.05, weeks=21)


@contextmanager
def fresh_platform() -> Iterator[Platform]:
    with open_folder() as folder, Platform(folder, Ports.free()) as platform:
        yield platform


def lived_in(platform: Platform) -> Lived:
    urls = {name: platform.url(name) for name in SERVICES}
    told = play(SCRIPT, urls, platform.secrets.token_signing_key, lambda *_: None)
    return asyncio.run(told)


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with fresh_platform() as platform:
        yield platform


@pytest.fixture(scope="module")
def lived(platform: Platform) -> Lived:
    return lived_in(platform)


def test_the_same_seed_gives_the_same_figures_and_the_same_deeds(lived):
    with fresh_platform() as another:
        again = lived_in(another)

    assert again.figures == lived.figures
    assert again.world.deeds == lived.world.deeds


def test_people_answer_refuse_meet_and_sign(lived):
    deeds = lived.world.deeds

    for deed in (
        "mentors trained",
        "rows imported",
        "rows refused",
        "referrals accepted",
        "authorisations given",
        "pairs formed",
        "signatures by code",
        "signatures on paper",
        "agreements signed",
        "meetings",
        "check-ins",
    ):
        assert deeds[deed], deed


def test_who_is_asked_next_follows_from_no_race_also_after_the_rules_have_changed(platform, lived):
    proposers = platform.postgres.query(
        "select distinct policy -> 'matching' ->> 'proposer' from policies", role="matching"
    )

    assert lived.world.deeds["policies revised"] == 1
    assert proposers == ["coordinator"]


def test_nobody_is_told_no_where_the_house_knows_better(lived):
    assert not lived.world.noes


def test_every_indicator_has_its_figure(lived):
    assert {row.number for row in lived.figures} == {str(number) for number in range(1, 11)}


def test_somebody_of_each_association_can_sign_in(lived):
    named = {(each.association, each.role) for each in sign_ins(lived.world)}

    for association in lived.world.associations.values():
        assert (association.house.name, "coordination") in named
        assert (association.house.name, "prescripteur") in named


def test_a_platform_lives_one_demo(lived, platform):
    with pytest.raises(Trouble, match="has lived a demo already; mend: "):
        lived_in(platform)
