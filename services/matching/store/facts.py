"""Keeping what others announced: each part of a row as new as the newest fact about it.

A row holds the newest of what was heard, whatever the order: its state and its facets have a
version each, and a fact replaces only the part that it is newer about.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Table,
    Uuid,
    case,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts import Event
from common.contracts.followup import PairClosed, PairReopened
from common.contracts.intake import (
    AssociationRegistered,
    MentorApproved,
    MentorLeft,
    MentorPaused,
    MentorRefused,
    MentorResumed,
    ProgrammePublished,
    ReferralAccepted,
    ReferralCompleted,
    ReferralEnded,
)
from common.contracts.training import MentorReady
from matching.store.tables import (
    MentorState,
    ReferralState,
    associations,
    forgotten,
    mentors,
    pair_endings,
    policies,
    pools,
    readiness,
    referrals,
)

StateFact = MentorPaused | MentorResumed | MentorLeft | MentorRefused
Row = Mapping[str, Any]


async def keep_association(tx: AsyncConnection, event: AssociationRegistered) -> None:
    row = {
        "association_id": event.association_id,
        "pooled_with": list(event.pooled_with),
        "version": event.version,
    }
    await keep_newest(tx, associations, row)
    await note_change(tx, event.association_id, event)


async def keep_policy(tx: AsyncConnection, event: ProgrammePublished) -> None:
    row = {
        "programme_id": event.programme_id,
        "version": event.version,
        "association_id": event.association_id,
        "policy": event.policy.model_dump(mode="json"),
    }
    await tx.execute(insert(policies).values(row).on_conflict_do_nothing())
    await note_change(tx, event.association_id, event)


async def keep_referral(tx: AsyncConnection, event: ReferralAccepted) -> None:
    facets = {
        "facets_version": event.version,
        "mentee_id": event.mentee_id,
        "association_id": event.association_id,
        "programme_id": event.programme_id,
        "facets": event.facets.model_dump(mode="json"),
        "waiting_since": event.waiting_since,
        "guardian_id": unless_forgotten(event.guardian_id),
        "prescriber_id": unless_forgotten(event.prescriber_id),
    }
    state = {"state": ReferralState.ACCEPTED, "state_version": event.version}
    key = {"referral_id": event.referral_id}
    await keep_parts(tx, referrals, key, (facets, state), of=event.mentee_id)


async def end_referral(tx: AsyncConnection, event: ReferralCompleted | ReferralEnded) -> None:
    completed = isinstance(event, ReferralCompleted)
    ended = ReferralState.COMPLETED if completed else ReferralState.ENDED
    state = {"state": ended, "state_version": event.version}
    key = {"referral_id": event.referral_id}
    await keep_parts(tx, referrals, key, (state,), of=event.mentee_id)


async def keep_mentor(tx: AsyncConnection, event: MentorApproved) -> None:
    written = event.facets.model_dump_json()
    facets = {
        "facets_version": event.version,
        "association_id": event.association_id,
        "programme_ids": list(event.programme_ids),
        "facets": event.facets.model_dump(mode="json"),
        "facets_digest": hashlib.sha256(written.encode()).hexdigest(),
        "screened_until": event.screened_until,
    }
    state = {
        "state": MentorState.AVAILABLE,
        "state_version": event.version,
        "state_since": event.occurred_at,
    }
    key = {"mentor_id": event.mentor_id}
    await keep_parts(tx, mentors, key, (facets, state), of=event.mentor_id)
    await note_change(tx, event.association_id, event)


async def keep_mentor_state(tx: AsyncConnection, event: StateFact, state: MentorState) -> None:
    row = {"state": state, "state_version": event.version, "state_since": event.occurred_at}
    await keep_parts(tx, mentors, {"mentor_id": event.mentor_id}, (row,), of=event.mentor_id)
    await note_change(tx, event.association_id, event)


async def keep_readiness(tx: AsyncConnection, event: MentorReady) -> None:
    row = {
        "readiness_id": event.readiness_id,
        "version": event.version,
        "mentor_id": unless_forgotten(event.mentor_id),
        "programme_id": event.programme_id,
    }
    await keep_newest(tx, readiness, row)
    await note_change(tx, event.association_id, event)


async def keep_pair_ending(tx: AsyncConnection, event: PairClosed) -> None:
    await keep_newest(
        tx,
        pair_endings,
        ending_of(event)
        | {
            "closed": True,
            "before_term": event.before_term,
            "rematch_mentee": event.rematch_mentee,
            "rematch_mentor": event.rematch_mentor,
        },
    )
    await note_change(tx, event.association_id, event)


async def keep_pair_reopening(tx: AsyncConnection, event: PairReopened) -> None:
    going_on = {
        "closed": False,
        "before_term": False,
        "rematch_mentee": True,
        "rematch_mentor": True,
    }
    await keep_newest(tx, pair_endings, ending_of(event) | going_on)


def ending_of(event: PairClosed | PairReopened) -> dict[str, Any]:
    return {
        "pair_id": event.pair_id,
        "version": event.version,
        "since": event.occurred_at,
        "referral_id": event.referral_id,
        "mentee_id": unless_forgotten(event.mentee_id),
        "mentor_id": unless_forgotten(event.mentor_id),
    }


async def forget(tx: AsyncConnection, person_id: UUID) -> None:
    """Drop the facets of a person, and their id wherever a row must stay for others' sake."""
    await tx.execute(insert(forgotten).values(person_id=person_id).on_conflict_do_nothing())
    await tx.execute(delete(referrals).where(referrals.c.mentee_id == person_id))
    await tx.execute(delete(mentors).where(mentors.c.mentor_id == person_id))
    for column in (
        referrals.c.guardian_id,
        referrals.c.prescriber_id,
        readiness.c.mentor_id,
        pair_endings.c.mentee_id,
        pair_endings.c.mentor_id,
    ):
        nobody = update(column.table).where(column == person_id).values({column.name: None})
        await tx.execute(nobody)


def unless_forgotten(person_id: UUID | None) -> Any:
    """Write an id as null if its person was erased before this fact came."""
    gone = exists().where(forgotten.c.person_id == person_id)
    return select(literal(person_id, Uuid)).where(~gone).scalar_subquery()


async def keep_newest(tx: AsyncConnection, table: Table, row: Row) -> None:
    """Keep a whole row unless one as new is held already."""
    upsert = insert(table).values(row)
    newer = upsert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: upsert.excluded[name] for name in row},
        where=table.c.version < upsert.excluded.version,
    )
    await tx.execute(newer)


async def keep_parts(
    tx: AsyncConnection, table: Table, key: Row, parts: tuple[Row, ...], *, of: UUID
) -> None:
    """Keep each part of a row unless that part is held as new already; of nobody forgotten."""
    row = {**key, **{name: value for part in parts for name, value in part.items()}}
    typed = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in row.items()
    ]
    given = select(*typed).where(~exists().where(forgotten.c.person_id == of))
    upsert = insert(table).from_select(list(row), given)
    changes = {
        name: newest(table, upsert.excluded, version_of(part), name)
        for part in parts
        for name in part
    }
    await tx.execute(upsert.on_conflict_do_update(index_elements=list(key), set_=changes))


def version_of(part: Row) -> str:
    return next(name for name in part if name.endswith("_version"))


def newest(table: Table, excluded: Any, version: str, name: str) -> ColumnElement[Any]:
    """Choose what is written of a column: what comes, if its part is newer than what is held."""
    is_newer = table.c[version] < excluded[version]
    return case((is_newer, excluded[name]), else_=table.c[name])


async def note_change(tx: AsyncConnection, association_id: UUID, event: Event) -> None:
    """Remember that somebody may be found now who could not be before."""
    noted = insert(pools).values(association_id=association_id, changed_at=event.occurred_at)
    later = func.greatest(pools.c.changed_at, noted.excluded.changed_at)
    await tx.execute(
        noted.on_conflict_do_update(index_elements=["association_id"], set_={"changed_at": later})
    )
