"""What a pair tells: meetings, contacts, goals; and what a coordinator asks each side."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.alerts import AlertKind, AlertLevel
from common.contracts.followup.pairs import Side
from common.outbox import emit
from followup.domain import care
from followup.domain.alerts import handle, raise_alert
from followup.domain.care import WORRYING_MOOD, CheckIn, Contact, Goal, Meeting
from followup.domain.deadlines import Deadline
from followup.domain.errors import GoalNotFound
from followup.domain.pairs import Pair, pause, resume
from followup.domain.sight import Viewer
from followup.handlers.settling import settle, with_gates
from followup.handlers.sight import side_in
from followup.sealing import sealed
from followup.store.alerts import alerts_of, find_alert, lock_alert, save_alerts
from followup.store.care import (
    add_check_in,
    add_contact,
    add_goal,
    add_meeting,
    add_retelling,
    goals_of,
    lock_goal,
    save_goal,
    save_meeting,
)
from followup.store.pairs import lock_pair

PEOPLE = (Side.MENTOR, Side.MENTEE, Side.ASSOCIATION)


async def log_meeting(
    tx: AsyncConnection,
    meeting: Meeting,
    *,
    word: str | None,
    next_at: datetime | None,
    viewer: Viewer,
) -> UUID:
    """Keep a meeting, once, whoever of the pair tells it, with a word of each about it."""
    now = meeting.logged_at
    pair = await lock_pair(tx, meeting.pair_id)
    await side_in(tx, pair, viewer, *PEOPLE)
    if meeting.goals and not set(meeting.goals) <= {
        goal.id for goal in await goals_of(tx, pair.id)
    }:
        raise GoalNotFound(pair.id)
    logged, event = care.log_meeting(pair, meeting, next_at=next_at, at=now)
    kept = replace(meeting, word=await sealed(tx, pair.mentee_id, "meeting", word))
    told_before = await add_meeting(tx, kept)
    if told_before is not None:
        await _tell_again(tx, pair, told_before, kept, next_at)
        return told_before.id
    await settle(tx, logged, event, at=now)
    if meeting.important:
        await _alert(tx, logged, AlertKind.IMPORTANT, str(meeting.id), now)
    return meeting.id


async def _tell_again(
    tx: AsyncConnection, pair: Pair, told: Meeting, again: Meeting, next_at: datetime | None
) -> None:
    """Keep what is new in it; that it is important reaches the coordinator, unless they know."""
    now = again.logged_at
    planned, fuller = care.tell_again(pair, told, again, next_at=next_at)
    await save_meeting(tx, fuller)
    if again.word is not None:
        await add_retelling(tx, told.id, again)
    await settle(tx, planned, at=now)
    known = (await alerts_of(tx, [pair.id])).get(pair.id, {}).values()
    if again.important and not any(each.open and str(told.id) in each.occasion for each in known):
        await _alert(tx, planned, AlertKind.IMPORTANT, f"{told.id} {again.id}", now)


async def log_contact(
    tx: AsyncConnection, contact: Contact, *, viewer: Viewer, now: datetime
) -> UUID:
    pair = await lock_pair(tx, contact.pair_id)
    await side_in(tx, pair, viewer, *PEOPLE)
    logged, event = care.log_contact(pair, contact, at=now)
    told_before = await add_contact(tx, contact)
    if told_before is not None:
        return told_before
    await settle(tx, logged, event, at=now)
    return contact.id


async def hold_check_in(
    tx: AsyncConnection, check_in: CheckIn, *, note: str | None, viewer: Viewer, now: datetime
) -> None:
    """Keep how one side finds it; a low mood is looked at, whatever the words."""
    pair = await lock_pair(tx, check_in.pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    asked, event = care.check_in(pair, check_in, at=now)
    kept = replace(check_in, note=await sealed(tx, pair.mentee_id, "check_in", note))
    await add_check_in(tx, kept)
    await settle(tx, asked, event, at=now)
    if check_in.mood <= WORRYING_MOOD:
        await _alert(tx, asked, AlertKind.CHECK_IN_WORRY, f"{check_in.side} {check_in.id}", now)


async def set_goal(tx: AsyncConnection, goal: Goal, *, text: str, viewer: Viewer) -> None:
    pair = await lock_pair(tx, goal.pair_id)
    await side_in(tx, pair, viewer, *PEOPLE)
    care.require_planning(pair)
    await add_goal(tx, replace(goal, text=await sealed(tx, pair.mentee_id, "goal", text)))


async def achieve_goal(
    tx: AsyncConnection, *, goal_id: UUID, viewer: Viewer, now: datetime
) -> None:
    goal = await lock_goal(tx, goal_id)
    pair = await lock_pair(tx, goal.pair_id)
    await side_in(tx, pair, viewer, *PEOPLE)
    reached, achieved, event = care.achieve(pair, goal, at=now)
    await save_goal(tx, achieved)
    await settle(tx, reached, event, at=now)


async def pause_pair(tx: AsyncConnection, *, pair_id: UUID, viewer: Viewer, now: datetime) -> None:
    pair = await lock_pair(tx, pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    paused, event = pause(pair, at=now)
    await settle(tx, paused, event, at=now)


async def resume_pair(tx: AsyncConnection, *, pair_id: UUID, viewer: Viewer, now: datetime) -> None:
    pair = await lock_pair(tx, pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    resumed, event = resume(await with_gates(tx, pair, at=now), at=now)
    await settle(tx, resumed, event, at=now)


async def handle_alert(
    tx: AsyncConnection, *, alert_id: UUID, viewer: Viewer, now: datetime
) -> None:
    """Put an alert away; the pair is locked first, as by everyone who changes its alerts."""
    found = await find_alert(tx, alert_id)
    pair = await lock_pair(tx, found.pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    alert, event = handle(await lock_alert(tx, alert_id), by=viewer.person_id, at=now)
    await save_alerts(tx, [alert])
    await emit(tx, event)


async def _alert(
    tx: AsyncConnection, pair: Pair, kind: AlertKind, occasion: str, now: datetime
) -> None:
    deadline = Deadline(kind=kind, occasion=occasion, level=AlertLevel.TASK, due_at=now)
    alert, event = raise_alert(pair, deadline, at=now)
    await save_alerts(tx, [alert])
    await emit(tx, event)
