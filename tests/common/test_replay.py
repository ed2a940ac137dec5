"""What was put aside is acted upon by command: once, and only if it can be."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select

from common import inbox, quarantine
from common.contracts.intake.referrals import ReferralQualified
from common.database import transaction
from common.errors import Conflict
from common.events import LAST_DELIVERY, Edge, EventRouter
from common.hearing import Hearing
from common.identity import new_id
from common.quarantine import Kind
from common.replay import drop, replay
from tests.deliveries import ByHand, delivery_of

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
QUALIFIED = ReferralQualified(
    occurred_at=NOW,
    association_id=None,
    version=1,
    referral_id=UUID(int=1),
    mentee_id=UUID(int=2),
)


@pytest.fixture
def service():
    """Name a service whose tables are there."""
    return "training"


class Listener:
    """Somebody who fails until he is mended."""

    def __init__(self, trouble=None):
        self.trouble = trouble
        self.heard = []
        self.router = EventRouter("training")
        self.router.on(ReferralQualified)(self.hear)

    async def hear(self, event, _):
        if self.trouble:
            raise self.trouble
        self.heard.append(event)


async def aside(engine, listener, delivery=None):
    """Let a message be put aside; return what is kept."""
    delivery = delivery or delivery_of(QUALIFIED, new_id(), times=LAST_DELIVERY)
    await Edge(listener.router, engine).take([delivery])
    assert delivery.is_done
    return delivery.published_as


async def kept(engine):
    async with engine.connect() as reading:
        return [(row.published_as, row.kind) for row in await quarantine.kept(reading)]


async def noted(engine):
    async with engine.connect() as reading:
        return await reading.scalar(select(func.count()).select_from(inbox.inbox))


async def test_after_the_mend_it_is_acted_upon_once_and_released(engine):
    listener = Listener(RuntimeError())
    known_as = await aside(engine, listener)
    listener.trouble = None

    assert await replay(engine, listener.router) == [(known_as, True)]
    assert await replay(engine, listener.router) == []

    assert listener.heard == [QUALIFIED]
    assert await noted(engine) == 1
    assert await kept(engine) == []


@pytest.mark.parametrize(
    ("trouble", "kind"), [(RuntimeError(), Kind.FAULT), (Conflict("no"), Kind.REFUSED)]
)
async def test_before_the_mend_it_stays(engine, trouble, kind):
    listener = Listener(trouble)
    known_as = await aside(engine, listener)

    assert await replay(engine, listener.router) == [(known_as, False)]

    assert await kept(engine) == [(known_as, kind)]
    assert await noted(engine) == 0


async def test_what_cannot_be_read_stays(engine):
    listener = Listener()
    broken = ByHand(subject=ReferralQualified.subject, body=b"{", published_as="broken")
    await aside(engine, listener, broken)

    assert await replay(engine, listener.router) == [("broken", False)]

    assert await kept(engine) == [("broken", Kind.MALFORMED)]


async def test_what_nobody_hears_any_more_stays(engine):
    listener = Listener()
    unheard = ByHand(
        subject="events.intake.nothing.v1", body=b"{}", published_as="unheard", times=LAST_DELIVERY
    )
    await aside(engine, listener, unheard)

    assert await replay(engine, listener.router) == [("unheard", False)]


async def test_what_was_heard_meanwhile_is_released_and_not_acted_upon_again(engine):
    listener = Listener(RuntimeError())
    message_id = new_id()
    known_as = await aside(
        engine, listener, delivery_of(QUALIFIED, message_id, times=LAST_DELIVERY)
    )
    async with transaction(engine) as tx:
        await inbox.note_down(tx, [message_id], Hearing.TOGETHER)

    assert await replay(engine, listener.router) == [(known_as, True)]

    assert listener.heard == []


async def test_only_what_is_named_is_replayed(engine):
    listener = Listener(RuntimeError())
    first, second = await aside(engine, listener), await aside(engine, listener)
    listener.trouble = None

    assert await replay(engine, listener.router, [second]) == [(second, True)]

    assert await kept(engine) == [(first, Kind.FAULT)]


async def test_what_was_refused_rightly_is_dropped_by_its_name_alone(engine, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    listener = Listener(Conflict())
    first, second = [await aside(engine, listener) for _ in range(2)]

    with pytest.raises(SystemExit, match="say which"):
        await drop("training", [])
    [told] = await drop("training", [first])

    assert told.startswith(first)
    assert told.endswith("dropped")
    assert await kept(engine) == [(second, Kind.REFUSED)]
    assert await drop("training", [first]) == ["training: nothing of these is kept aside"]
    assert listener.heard == []
