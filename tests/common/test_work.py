"""Long work: replicas take pieces until none is left, and a failure is tried again later."""

import asyncio
from datetime import timedelta

import pytest

from common import database
from common.clock import Clock
from common.work import IDLE, Backlog, Work, Worker
from tests.waiting import beside, eventually


@pytest.fixture
async def engine(postgres):
    engine = database.connect(postgres.url("postgres", "postgres"))
    yield engine
    await engine.dispose()


class Pile:
    """Pieces that lie before all replicas, and who took them."""

    def __init__(self, pieces: int, broken: int = 0) -> None:
        self.pieces = pieces
        self.broken = broken
        self.taken = 0

    async def backlog(self, _):
        return Backlog(pieces=self.pieces)

    async def piece(self, _):
        if self.broken:
            self.broken -= 1
            raise RuntimeError("broken")
        if not self.pieces:
            return False
        self.pieces -= 1
        self.taken += 1
        await asyncio.sleep(0)
        return True

    @property
    def work(self):
        return Work(name="pile", backlog=self.backlog, piece=self.piece)


async def settled(worker):
    await eventually(lambda: worker.settled)


async def test_pieces_are_taken_until_none_is_left(engine):
    pile = Pile(3)
    worker = Worker(engine, pile.work, Clock())

    assert await worker.take_all()

    assert (pile.pieces, pile.taken) == (0, 3)


async def test_whoever_is_stirred_looks_for_work_at_once(engine):
    pile, clock = Pile(0), Clock()
    worker = Worker(engine, pile.work, clock)
    async with beside(worker.run()):
        await settled(worker)

        pile.pieces = 2
        clock.stir()
        at_once = worker.settled
        await settled(worker)

    assert not at_once
    assert pile.taken == 2


async def test_what_another_replica_left_is_found_without_being_told(engine):
    pile = Pile(0)
    worker = Worker(engine, pile.work, Clock())
    async with beside(worker.run()):
        await settled(worker)

        pile.pieces = 1
        await eventually(lambda: pile.taken)


async def test_a_piece_that_fails_is_tried_again_and_nothing_is_settled_meanwhile(engine):
    pile = Pile(1, broken=1)
    worker = Worker(engine, pile.work, Clock())

    went_well = await worker.take_all()
    settled_after = worker.settled
    again = await worker.take_all()

    assert (went_well, settled_after, again) == (False, False, True)
    assert pile.taken == 1


async def test_a_service_without_long_work_is_settled(engine):
    assert Worker(engine, IDLE, Clock()).settled
    assert (await Worker(engine, IDLE, Clock()).backlog()).pieces == 0


async def test_everyone_who_waits_for_the_clock_hears_that_it_was_stirred():
    clock = Clock()
    waiting = [
        asyncio.create_task(clock.moved(within=timedelta(seconds=30), since=0)) for _ in range(2)
    ]
    await asyncio.sleep(0)

    clock.stir()

    async with asyncio.timeout(5):
        await asyncio.gather(*waiting)
        # Who was busy meanwhile does not wait at all.
        await clock.moved(within=timedelta(seconds=30), since=0)
