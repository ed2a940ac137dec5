"""Who brings a file and for whom, with the programmes that its rows can mean."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.errors import Invalid
from intake.domain.programmes import Programme, ProgrammeUnknown
from intake.domain.sight import NotYourCase, Reader
from intake.imports.fields import Kind
from intake.imports.kinds import Origin
from intake.imports.staging import Import
from intake.store import catalogue


class ForWhom(Invalid):
    """Say for which of your associations you bring this file."""

    fr = "Dites pour laquelle de vos associations vous envoyez ce fichier."


async def origin_for(
    tx: AsyncConnection,
    kind: Kind,
    association_id: UUID | None,
    programme_ids: Collection[UUID],
    by: Reader,
) -> Origin:
    """Know for whom somebody brings a file; raise if they may not."""
    owner = association_for(kind, association_id, by)
    programmes = await programmes_at(tx, kind, owner)
    if set(programme_ids) - programmes.keys():
        raise ProgrammeUnknown("programme_ids")
    only = tuple(programmes) if len(programmes) == 1 else ()
    return Origin(
        kind=kind,
        association_id=owner,
        brought_by=by.person_id,
        prescriber=owner is None and by.prescriber,
        programmes=programmes,
        usual_programmes=tuple(dict.fromkeys(programme_ids)) or only,
    )


def association_for(kind: Kind, association_id: UUID | None, by: Reader) -> UUID | None:
    if association_id is not None:
        if association_id not in by.staff_of:
            raise NotYourCase(association_id)
        return association_id
    if len(by.staff_of) == 1:
        return next(iter(by.staff_of))
    if by.staff_of or kind is Kind.MENTORS or not by.prescriber:
        raise ForWhom("association_id")
    return None


async def origin_of(tx: AsyncConnection, brought: Import) -> Origin:
    """Know again for whom an import was brought."""
    return Origin(
        kind=brought.kind,
        association_id=brought.association_id,
        brought_by=brought.brought_by,
        prescriber=brought.prescriber,
        programmes=await programmes_at(tx, brought.kind, brought.association_id),
        usual_programmes=brought.programme_ids,
    )


async def programmes_at(
    tx: AsyncConnection, kind: Kind, association_id: UUID | None
) -> dict[UUID, Programme]:
    if kind is Kind.REFERRALS:
        return {}
    found = await catalogue.all_programmes(tx)
    return {each.id: each for each in found if each.association_id == association_id}
