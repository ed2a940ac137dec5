"""The end of every change of a pair: it is saved, announced, and its alerts brought in line."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.calendar import day_of
from common.contracts import Event
from common.contracts.followup.pairs import PairClosing, PairPaused, PairReopened, PairResumed
from common.outbox import emit
from followup.domain.alerts import Alert, reconcile
from followup.domain.deadlines import Diary, look
from followup.domain.heard import Heard, standing_of
from followup.domain.pairs import Pair, Status, follow_gates, look_at_gates
from followup.store.alerts import alerts_of, save_alerts
from followup.store.care import diaries
from followup.store.heard import heard_about, newest_programmes
from followup.store.pairs import begin_rest, end_rest, save_pairs

WITH_DIARY = frozenset({Status.ACTIVE, Status.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A pair after a change, and what there is to say about it."""

    pair: Pair
    events: Sequence[Event] = field(default=())


async def settle(tx: AsyncConnection, pair: Pair, *events: Event, at: datetime) -> None:
    await settle_all(tx, [Change(pair=pair, events=events)], at=at)


async def settle_all(tx: AsyncConnection, changes: Sequence[Change], *, at: datetime) -> None:
    """Save pairs, say what changed, and raise or put away their alerts as of this moment."""
    for change in changes:
        await _note_rests(tx, change)
    pairs = [change.pair for change in changes]
    written = await diaries(tx, [each.id for each in pairs if each.status in WITH_DIARY])
    known = await alerts_of(tx, [each.id for each in pairs])
    settled: list[Pair] = []
    raised: list[Alert] = []
    for change in changes:
        pair = change.pair
        outlook = look(pair, written.get(pair.id, Diary()), at)
        settled.append(replace(pair, next_due=outlook.next_at))
        news = reconcile(pair, known.get(pair.id, {}), outlook.due, at=at)
        raised += [alert for alert, _ in news]
        await emit(tx, *change.events, *(event for _, event in news))
    await save_pairs(tx, settled)
    await save_alerts(tx, raised)


async def with_gates(tx: AsyncConnection, pair: Pair, *, at: datetime) -> Pair:
    """Look at the gates of a pair as they are now."""
    [looked] = await with_gates_all(tx, [pair], at=at)
    return looked


async def with_gates_all(tx: AsyncConnection, pairs: Sequence[Pair], *, at: datetime) -> list[Pair]:
    """Look at the gates of many pairs, in two queries however many they are."""
    people = {person for pair in pairs for person in (pair.mentor_id, pair.mentee_id)}
    facts: dict[UUID, list[Heard]] = defaultdict(list)
    for fact in await heard_about(tx, *people):
        facts[fact.person_id].append(fact)
    programmes = await newest_programmes(tx, {pair.programme_id for pair in pairs})
    looked = []
    for pair in pairs:
        known = [*facts[pair.mentor_id], *facts[pair.mentee_id]]
        standing = standing_of(pair, known, programmes[pair.programme_id].policy)
        looked.append(look_at_gates(pair, standing, day_of(at)))
    return looked


def follow(pairs: Iterable[Pair], *, at: datetime) -> list[Change]:
    """Clear or rest pairs as their gates, just looked at, ask for."""
    changes = []
    for pair in pairs:
        followed, events = follow_gates(pair, at=at)
        changes.append(Change(pair=followed, events=events))
    return changes


async def _note_rests(tx: AsyncConnection, change: Change) -> None:
    for event in change.events:
        if isinstance(event, PairPaused | PairClosing):
            await begin_rest(tx, event.pair_id, event.occurred_at)
        elif isinstance(event, PairResumed | PairReopened):
            await end_rest(tx, event.pair_id, event.occurred_at)
