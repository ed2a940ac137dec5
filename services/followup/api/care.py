"""HTTP in: goals, meetings, contacts and check-ins of a pair."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from common.contracts.followup.care import ContactKind
from common.contracts.followup.pairs import Side
from common.contracts.vocabulary import Modality
from common.http import Model, Now, Tx, may, routes
from common.identity import new_id
from followup.api.asking import COORDINATOR, OF_PAIR, Asker, Created
from followup.domain.care import CheckIn, Contact, Goal, Meeting
from followup.handlers import care
from followup.handlers.sight import side_in
from followup.sealing import opened
from followup.store.care import check_ins_of, contacts_of, goals_of, meetings_of, words_again
from followup.store.pairs import find_pair

router = routes()

PEOPLE = tuple(role for role in OF_PAIR if role != "guardian")
Word = Annotated[str, Field(max_length=2000)]
Mood = Annotated[int, Field(ge=1, le=5)]


class NewGoal(Model):
    text: Annotated[str, Field(min_length=1, max_length=500)]


class ShownGoal(Model):
    id: UUID
    text: str | None
    added_at: datetime
    achieved_at: datetime | None


class NewMeeting(Model):
    held_at: AwareDatetime
    minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    modality: Modality
    goals: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()
    word: Word | None = None
    important: bool = False
    next_at: AwareDatetime | None = None


class ShownMeeting(Model):
    id: UUID
    held_at: datetime
    minutes: int
    modality: Modality
    goals: tuple[UUID, ...]
    word: str | None
    # What others of the pair say of the same meeting.
    more_words: tuple[str, ...] = ()
    important: bool
    logged_by: UUID


class NewContact(Model):
    at: AwareDatetime
    kind: ContactKind


class ShownContact(Model):
    id: UUID
    at: datetime
    kind: ContactKind


class NewCheckIn(Model):
    side: Side
    mood: Mood
    note: Word | None = None
    held_at: AwareDatetime | None = None


class ShownCheckIn(Model):
    id: UUID
    side: Side
    mood: int
    note: str | None
    held_at: datetime


@router.post("/pairs/{pair_id}/goals", status_code=201, dependencies=[may("goal.set", *PEOPLE)])
async def set_goal(pair_id: UUID, body: NewGoal, asker: Asker, now: Now, tx: Tx) -> Created:
    goal = Goal(
        id=new_id(),
        pair_id=pair_id,
        text=None,
        added_by=asker.person_id,
        added_at=now,
    )
    await care.set_goal(tx, goal, text=body.text, viewer=asker)
    return Created(id=goal.id)


@router.get("/pairs/{pair_id}/goals", dependencies=[may("goal.list", *OF_PAIR)])
async def list_goals(pair_id: UUID, asker: Asker, tx: Tx) -> list[ShownGoal]:
    pair = await find_pair(tx, pair_id)
    await side_in(tx, pair, asker)
    goals = await goals_of(tx, pair_id)
    texts = await opened(tx, pair.mentee_id, "goal", [goal.text for goal in goals])
    return [
        ShownGoal(id=goal.id, text=text, added_at=goal.added_at, achieved_at=goal.achieved_at)
        for goal, text in zip(goals, texts, strict=True)
    ]


@router.post(
    "/goals/{goal_id}/achievement",
    status_code=204,
    dependencies=[may("goal.achieve", *PEOPLE)],
)
async def achieve_goal(goal_id: UUID, asker: Asker, now: Now, tx: Tx) -> None:
    await care.achieve_goal(tx, goal_id=goal_id, viewer=asker, now=now)


@router.post(
    "/pairs/{pair_id}/meetings", status_code=201, dependencies=[may("meeting.log", *PEOPLE)]
)
async def log_meeting(pair_id: UUID, body: NewMeeting, asker: Asker, now: Now, tx: Tx) -> Created:
    meeting = Meeting(
        id=new_id(),
        pair_id=pair_id,
        held_at=body.held_at,
        minutes=body.minutes,
        modality=body.modality,
        goals=body.goals,
        word=None,
        important=body.important,
        logged_by=asker.person_id,
        logged_at=now,
    )
    kept_as = await care.log_meeting(
        tx, meeting, word=body.word, next_at=body.next_at, viewer=asker
    )
    return Created(id=kept_as)


@router.get("/pairs/{pair_id}/meetings", dependencies=[may("meeting.list", *PEOPLE)])
async def list_meetings(pair_id: UUID, asker: Asker, tx: Tx) -> list[ShownMeeting]:
    """List the meetings of this pair alone: a new mentor has a new pair, and does not read on."""
    pair = await find_pair(tx, pair_id)
    await side_in(tx, pair, asker, *care.PEOPLE)
    meetings = await meetings_of(tx, pair_id)
    words = await opened(tx, pair.mentee_id, "meeting", [meeting.word for meeting in meetings])
    again = await words_again(tx, pair_id)
    told = await opened(tx, pair.mentee_id, "meeting", [word for _, word in again])
    more: dict[UUID, list[str]] = defaultdict(list)
    for (meeting_id, _), word in zip(again, told, strict=True):
        more[meeting_id] += [word] if word else []
    return [
        _shown(meeting, word, more[meeting.id])
        for meeting, word in zip(meetings, words, strict=True)
    ]


@router.post(
    "/pairs/{pair_id}/contacts", status_code=201, dependencies=[may("contact.log", *PEOPLE)]
)
async def log_contact(pair_id: UUID, body: NewContact, asker: Asker, now: Now, tx: Tx) -> Created:
    contact = Contact(
        id=new_id(), pair_id=pair_id, at=body.at, kind=body.kind, logged_by=asker.person_id
    )
    return Created(id=await care.log_contact(tx, contact, viewer=asker, now=now))


@router.get("/pairs/{pair_id}/contacts", dependencies=[may("contact.list", *PEOPLE)])
async def list_contacts(pair_id: UUID, asker: Asker, tx: Tx) -> list[ShownContact]:
    await side_in(tx, await find_pair(tx, pair_id), asker, *care.PEOPLE)
    contacts = await contacts_of(tx, pair_id)
    return [ShownContact(id=each.id, at=each.at, kind=each.kind) for each in contacts]


@router.post(
    "/pairs/{pair_id}/check-ins", status_code=201, dependencies=[may("check_in.hold", COORDINATOR)]
)
async def hold_check_in(pair_id: UUID, body: NewCheckIn, asker: Asker, now: Now, tx: Tx) -> Created:
    check_in = CheckIn(
        id=new_id(),
        pair_id=pair_id,
        side=body.side,
        mood=body.mood,
        note=None,
        held_at=body.held_at or now,
        held_by=asker.person_id,
    )
    await care.hold_check_in(tx, check_in, note=body.note, viewer=asker, now=now)
    return Created(id=check_in.id)


@router.get("/pairs/{pair_id}/check-ins", dependencies=[may("check_in.list", COORDINATOR)])
async def list_check_ins(pair_id: UUID, asker: Asker, tx: Tx) -> list[ShownCheckIn]:
    pair = await find_pair(tx, pair_id)
    await side_in(tx, pair, asker, Side.ASSOCIATION)
    held = await check_ins_of(tx, pair_id)
    notes = await opened(tx, pair.mentee_id, "check_in", [each.note for each in held])
    return [
        ShownCheckIn(id=each.id, side=each.side, mood=each.mood, note=note, held_at=each.held_at)
        for each, note in zip(held, notes, strict=True)
    ]


def _shown(meeting: Meeting, word: str | None, more_words: Sequence[str]) -> ShownMeeting:
    return ShownMeeting(
        id=meeting.id,
        held_at=meeting.held_at,
        minutes=meeting.minutes,
        modality=meeting.modality,
        goals=meeting.goals,
        word=word,
        more_words=tuple(more_words),
        important=meeting.important,
        logged_by=meeting.logged_by,
    )
