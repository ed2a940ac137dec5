"""HTTP in: pairs, their first meeting, their pauses, and what there is to do today."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, Field, model_validator

from common.contracts.followup.pairs import CloseReason, Side
from common.contracts.vocabulary import Modality, Setting
from common.http import Model, Now, Tx, may, routes
from common.models import InAddress
from followup.api.asking import COORDINATOR, OF_PAIR, Asker, Limit, visible_to
from followup.domain.clauses import Terms
from followup.domain.gates import Gate
from followup.domain.pairs import ContactAfter, Pair, Status
from followup.domain.sight import is_second_person
from followup.handlers import care, first_meetings, today
from followup.handlers.cards import Card, cards_of
from followup.handlers.first_meetings import Wish
from followup.handlers.sight import side_in
from followup.sealing import opened
from followup.store.pairs import find_pair, pairs_after, which

router = routes()


class Person(Model):
    id: UUID
    name: str | None
    email: str | None
    phone: str | None


class PairSummary(Model):
    """A pair in a list."""

    id: UUID
    association_id: UUID
    referral_id: UUID
    programme_id: UUID
    status: Status
    setting: Setting
    missing: tuple[Gate, ...]
    mentor: Person
    mentee: Person
    guardian: Person | None
    formed_at: datetime
    agreement_id: UUID | None


class PairWish(Model):
    """Which pairs somebody wants to see: page by page, or those of whom they know the ids."""

    ids: Annotated[tuple[UUID, ...] | None, Field(alias="id", max_length=200)] = None
    status: Status | None = None
    referral_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200), InAddress] = 50
    after: UUID | None = None


class PairDetail(PairSummary):
    """A pair as its people and its coordinators see it."""

    side: Side
    # Whether the asker is the second person, who reads what is reported about the pair.
    reads_reports: bool
    remote: bool
    first_meeting_due: datetime
    meeting_at: datetime | None
    meeting_modality: Modality | None
    meeting_place: str | None
    staff_id: UUID | None
    met_at: datetime | None
    sign_by: datetime | None
    terms: Terms | None
    starts_on: date | None
    ends_on: date | None
    next_meeting_at: datetime | None
    paused_since: datetime | None
    closing_reason: CloseReason | None
    closing_by: Side | None
    closing_since: datetime | None
    closed_at: datetime | None
    contact_after: ContactAfter | None


class FirstMeeting(Model):
    at: AwareDatetime
    modality: Modality
    place: Annotated[str, Field(max_length=300)] | None = None
    staff_id: UUID | None = None


class Attendance(Model):
    """They met (and when, if not as planned), or somebody did not come."""

    held: bool
    held_at: AwareDatetime | None = None
    absent: Side | None = None

    @model_validator(mode="after")
    def somebody_is_absent(self) -> Self:
        if not self.held and self.absent is None:
            raise ValueError("absent")
        return self


class Attended(Model):
    """The agreement that is to be signed now, if they met."""

    agreement_id: UUID | None


class ToDo(Model):
    """One thing that somebody should do now."""

    kind: str
    pair_id: UUID
    due_at: datetime
    detail: tuple[str, ...] = ()
    # Whose check-in is to be held.
    side: Side | None = None
    subject_id: UUID | None = None


@router.get("/pairs", dependencies=[may("pair.list", *OF_PAIR)])
async def list_pairs(wish: Annotated[PairWish, Query()], asker: Asker, tx: Tx) -> list[PairSummary]:
    wanted = [await visible_to(tx, asker), *which(wish.status, wish.referral_id, wish.ids)]
    pairs = await pairs_after(tx, wanted, after=wish.after, limit=wish.limit)
    cards = await cards_of(tx, pairs, asker)
    return [PairSummary(**_summary(pair, cards)) for pair in pairs]


@router.get("/pairs/{pair_id}", dependencies=[may("pair.read", *OF_PAIR)])
async def read_pair(pair_id: UUID, asker: Asker, tx: Tx) -> PairDetail:
    pair = await find_pair(tx, pair_id)
    side = await side_in(tx, pair, asker)
    [place] = await opened(tx, pair.mentee_id, "place", [pair.meeting_place])
    cards = await cards_of(tx, [pair], asker)
    seen = {
        "side": side,
        "reads_reports": is_second_person(pair, side, asker),
        "meeting_place": place,
    }
    return _detail(pair, cards, seen)


@router.post(
    "/pairs/{pair_id}/first-meeting",
    status_code=204,
    dependencies=[may("first_meeting.plan", COORDINATOR)],
)
async def plan_first_meeting(
    pair_id: UUID, body: FirstMeeting, asker: Asker, now: Now, tx: Tx
) -> None:
    wish = Wish(at=body.at, modality=body.modality, place=body.place, staff_id=body.staff_id)
    await first_meetings.plan_first_meeting(tx, pair_id=pair_id, wish=wish, viewer=asker, now=now)


@router.post(
    "/pairs/{pair_id}/first-meeting/attendance",
    dependencies=[may("first_meeting.record", COORDINATOR)],
)
async def record_attendance(
    pair_id: UUID, body: Attendance, asker: Asker, now: Now, tx: Tx
) -> Attended:
    if body.held or body.absent is None:
        agreement_id = await first_meetings.hold_first_meeting(
            tx, pair_id=pair_id, met_at=body.held_at, viewer=asker, now=now
        )
        return Attended(agreement_id=agreement_id)
    await first_meetings.miss_first_meeting(
        tx, pair_id=pair_id, absent=body.absent, viewer=asker, now=now
    )
    return Attended(agreement_id=None)


@router.post(
    "/pairs/{pair_id}/pause", status_code=204, dependencies=[may("pair.pause", COORDINATOR)]
)
async def pause_pair(pair_id: UUID, asker: Asker, now: Now, tx: Tx) -> None:
    await care.pause_pair(tx, pair_id=pair_id, viewer=asker, now=now)


@router.post(
    "/pairs/{pair_id}/resumption", status_code=204, dependencies=[may("pair.resume", COORDINATOR)]
)
async def resume_pair(pair_id: UUID, asker: Asker, now: Now, tx: Tx) -> None:
    await care.resume_pair(tx, pair_id=pair_id, viewer=asker, now=now)


@router.get("/today", dependencies=[may("today.read", *OF_PAIR)])
async def read_today(asker: Asker, now: Now, tx: Tx, limit: Limit = 100) -> list[ToDo]:
    items = await today.to_do(tx, viewer=asker, now=now, limit=limit)
    return [
        ToDo(
            kind=item.kind,
            pair_id=item.pair_id,
            due_at=item.due_at,
            detail=item.detail,
            side=item.side,
            subject_id=item.subject_id,
        )
        for item in items
    ]


def _person(card: Card) -> Person:
    return Person(id=card.person_id, name=card.name, email=card.email, phone=card.phone)


def _summary(pair: Pair, cards: dict[UUID, Card]) -> dict[str, object]:
    guardian = cards.get(pair.guardian_id) if pair.guardian_id else None
    return {
        "id": pair.id,
        "association_id": pair.association_id,
        "referral_id": pair.referral_id,
        "programme_id": pair.programme_id,
        "status": pair.status,
        "setting": pair.setting,
        "missing": pair.missing,
        "mentor": _person(cards[pair.mentor_id]),
        "mentee": _person(cards[pair.mentee_id]),
        "guardian": _person(guardian) if guardian else None,
        "formed_at": pair.formed_at,
        "agreement_id": pair.agreement_id,
    }


def _detail(pair: Pair, cards: dict[UUID, Card], seen: dict[str, object]) -> PairDetail:
    """Show a pair, with what depends on who looks."""
    own = PairDetail.model_fields.keys() - PairSummary.model_fields.keys()
    plain = {name: getattr(pair, name) for name in own - seen.keys()}
    return PairDetail.model_validate(_summary(pair, cards) | plain | seen)
