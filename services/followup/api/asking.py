"""Who asks, and how lists are paged: what the routes of followup have in common."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from common import caller
from common.contracts.vocabulary import Role
from common.http import Model, Now, known_caller
from followup.domain.sight import Viewer
from followup.signing_key import SigningKey
from followup.store.heard import wards_of
from followup.store.pairs import seen_by

COORDINATOR = Role.COORDINATOR
OF_PAIR = (Role.COORDINATOR, Role.MENTOR, Role.MENTEE, Role.GUARDIAN)
Limit = Annotated[int, Query(ge=1, le=200)]


class Created(Model):
    """What was made, by its id."""

    id: UUID


async def viewer_of(caller: Annotated[caller.Caller, Depends(known_caller)]) -> Viewer:
    """Keep of the caller who it is, and which associations they coordinate."""
    return Viewer(person_id=caller.person_id, coordinates=coordinated(caller))


def coordinated(caller: caller.Caller) -> frozenset[UUID]:
    grants = (grant for grant in caller.grants if grant.role is COORDINATOR)
    return frozenset(grant.association_id for grant in grants if grant.association_id)


async def signing_key_of(request: Request) -> SigningKey:
    key: SigningKey = request.app.state.signing_key
    return key


async def visible_to(tx: AsyncConnection, viewer: Viewer) -> ColumnElement[bool]:
    wards: Collection[UUID] = await wards_of(tx, viewer.person_id)
    return seen_by(viewer.person_id, wards, viewer.coordinates)


Asker = Annotated[Viewer, Depends(viewer_of)]
Key = Annotated[SigningKey, Depends(signing_key_of)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs, when, and the key with which the server seals the proof of it."""

    viewer: Viewer
    key: SigningKey
    now: datetime


async def signer_of(asker: Asker, key: Key, now: Now) -> Signer:
    return Signer(viewer=asker, key=key, now=now)


Signs = Annotated[Signer, Depends(signer_of)]
