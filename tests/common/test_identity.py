"""Ids are unique, sort by the time of their making, and say nothing else."""

import time
from uuid import RFC_4122

from common.identity import new_id


def test_an_id_is_a_uuid_of_version_7():
    made = new_id()

    assert made.version == 7
    assert made.variant == RFC_4122


def test_an_id_starts_with_the_time_of_its_making():
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000

    assert before <= made.int >> 80 <= after


def test_no_id_is_made_twice():
    assert len({new_id() for _ in range(20_000)}) == 20_000


def test_a_later_id_sorts_after():
    first = new_id()
    time.sleep(0.002)

    assert first < new_id()


def test_ids_of_one_millisecond_sort_in_the_order_of_their_making():
    made = []
    for _ in range(200):
        made.append(new_id())
        begun = time.perf_counter_ns()
        while time.perf_counter_ns() - begun < 1_000:
            pass

    assert made == sorted(made)
