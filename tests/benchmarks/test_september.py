"""The load of September is measured as those feel it who come: from when they come."""

import asyncio
import time
from contextlib import asynccontextmanager
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchmarks.september.hops import Hop, oldest
from benchmarks.september.pace import Pace, Stopwatch, due_at
from benchmarks.september.picture import Mark, Panel, picture, rounded_up

A_SECOND = 200
DEEDS = 20
STANDSTILL_SECONDS = 0.4
ANSWER = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
SVG = "{http://www.w3.org/2000/svg}"


@asynccontextmanager
async def server_that_stands_still_once():
    """Answer at once, but for the first request: everybody waits for that one."""
    answering = asyncio.Lock()
    stood_still = False
    visits: list[asyncio.Task[None]] = []

    async def answer(reader, writer):
        nonlocal stood_still
        visit = asyncio.current_task()
        assert visit
        visits.append(visit)
        await reader.readuntil(b"\r\n\r\n")
        async with answering:
            await asyncio.sleep(0 if stood_still else STANDSTILL_SECONDS)
            stood_still = True
        writer.write(ANSWER)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"
        await asyncio.gather(*filter(None, visits))


async def answers_of(url):
    pace, only_hand = Pace(A_SECOND), asyncio.Semaphore(1)

    async def deed():
        due_at.set(await pace.turn())
        async with only_hand:
            await http.post(f"{url}/pairs/01a2003e-0000-7000-8000-000000000000/meetings")

    async with Stopwatch({"followup": url}, at_once=DEEDS, timeout=30) as http:
        await asyncio.gather(*(deed() for _ in range(DEEDS)))
    return sorted(http.answers, key=lambda each: each.due)


async def test_who_comes_while_a_service_stands_still_is_counted_as_waiting():
    async with server_that_stands_still_once() as url:
        answers = await answers_of(url)

    came = answers[0].due
    assert len(answers) == DEEDS
    # Timers and sockets may be early by the grain of the clock, and no more.
    assert all(each.seconds > came + STANDSTILL_SECONDS - each.due - 0.01 for each in answers)


async def test_nobody_comes_later_because_others_were_not_answered():
    async with server_that_stands_still_once() as url:
        answers = await answers_of(url)

    apart = np.diff([each.due for each in answers])
    assert apart.min() >= 1 / A_SECOND - 1e-9
    assert answers[-1].due < answers[0].due + STANDSTILL_SECONDS


async def test_an_answer_is_known_by_its_kind_and_names_nobody():
    async with server_that_stands_still_once() as url:
        answers = await answers_of(url)

    assert {(each.service, each.route, each.status) for each in answers} == {
        ("followup", "/pairs/…/meetings", 204)
    }


async def test_a_deed_that_was_late_makes_the_next_one_no_sooner():
    pace = Pace(A_SECOND)
    await pace.turn()
    late = time.perf_counter() + 10 / A_SECOND
    while time.perf_counter() < late:
        await asyncio.sleep(1 / A_SECOND)

    first, second = await pace.turn(), await pace.turn()

    assert second - first == pytest.approx(1 / A_SECOND)


def test_the_lag_is_the_age_of_the_oldest_that_is_under_way():
    hop = Hop(
        announcer="intake",
        listener="matching",
        subjects=["a", "b"],
        said=np.array([1.0, 2.0]),
        heard=np.array([6.0, 4.0]),
    )

    ages = oldest([hop], np.array([0.0, 1.5, 3.0, 5.0, 7.0]))

    assert ages.tolist() == [0.0, 0.5, 2.0, 4.0, 0.0]


def test_the_picture_shows_every_curve_and_every_week():
    grid = np.arange(0.0, 100.0)
    panels = [
        Panel(title="Lag", unit="events", curves={"matching": grid, "portal": grid * 0}),
        Panel(title="Memory <of each>", unit="MB", curves={"intake": grid + 90}),
    ]

    written = picture("September", grid, panels, [Mark(at=40, word="week 1")])
    drawn = ET.fromstring(written)  # noqa: S314 - it is ours

    words = [each.text for each in drawn.iter(f"{SVG}text")]
    assert {"Lag", "Memory <of each>", "matching", "portal", "intake"} < set(words)
    assert words.count("week 1") == len(panels)


@pytest.mark.parametrize(("value", "end"), [(0, 1), (0.3, 0.4), (1, 1), (7, 8), (1930, 2000)])
def test_an_axis_ends_at_a_round_number(value, end):
    assert rounded_up(value) == pytest.approx(end)
