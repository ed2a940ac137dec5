"""Agreements, the way of each signer, and the proofs in the order in which they were made."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.policy import Signatory
from common.statements import among, changing, finding, replacing, row_of
from followup.domain.agreements import Agreement, AgreementStatus
from followup.domain.clauses import Terms
from followup.domain.errors import AgreementNotFound
from followup.domain.proofs import SealedProof
from followup.domain.signing import Logged, Signing, Step
from followup.store.rows import one, rows
from followup.store.tables import agreements, proofs, signings

WAY_OF = select(signings).where(
    signings.c.agreement_id == bindparam("agreement"),
    signings.c.capacity == bindparam("capacity"),
    signings.c.person_id == bindparam("person"),
)
_PROVEN = proofs.c.agreement_id == bindparam("agreement")
PROOFS_OF = select(proofs).where(_PROVEN).order_by(proofs.c.number)
SIGNED = select(proofs.c.capacity).where(_PROVEN)
ADD_PROOF = insert(proofs)


async def add_agreement(tx: AsyncConnection, agreement: Agreement) -> None:
    await tx.execute(insert(agreements), _row(agreement))


async def find_agreement(tx: AsyncConnection, agreement_id: UUID) -> Agreement:
    row = await one(tx, finding(agreements), of_id=agreement_id)
    if row is None:
        raise AgreementNotFound(agreement_id)
    return _agreement(row)


async def save_agreement(tx: AsyncConnection, agreement: Agreement) -> None:
    await tx.execute(changing(agreements), {"of_id": agreement.id, **_row(agreement)})


async def pending_agreements(
    tx: AsyncConnection, pair_ids: Collection[UUID]
) -> dict[UUID, Agreement]:
    """Find, by pair, the agreements that wait for signatures."""
    query = select(agreements).where(
        among(agreements.c.pair_id, pair_ids), agreements.c.status == AgreementStatus.PENDING
    )
    return {row["pair_id"]: _agreement(row) for row in await rows(tx, query)}


async def signing_of(
    tx: AsyncConnection, agreement_id: UUID, capacity: Signatory, person_id: UUID
) -> Signing:
    """Find how far somebody is on the way to sign; at the beginning, if nowhere."""
    row = await one(tx, WAY_OF, agreement=agreement_id, capacity=capacity, person=person_id)
    if row is None:
        return Signing(agreement_id=agreement_id, capacity=capacity, person_id=person_id)
    log = tuple(
        Logged(step=Step(each["step"]), at=datetime.fromisoformat(each["at"]))
        for each in row["log"]
    )
    return Signing(**row | {"log": log})


async def save_signing(tx: AsyncConnection, signing: Signing) -> None:
    row = {
        "agreement_id": signing.agreement_id,
        "capacity": signing.capacity,
        "person_id": signing.person_id,
        "log": [{"step": each.step, "at": each.at.isoformat()} for each in signing.log],
        "channel": signing.channel,
        "code_hash": signing.code_hash,
        "code_sent_at": signing.code_sent_at,
        "tries": signing.tries,
    }
    await tx.execute(replacing(signings, *row), row)


async def proofs_of(tx: AsyncConnection, agreement_id: UUID) -> list[SealedProof]:
    """List the proofs in the order of their chain."""
    return [
        SealedProof(
            body=row["body"],
            sha256=row["sha256"],
            key_id=row["key_id"],
            signature=row["signature"],
        )
        for row in await rows(tx, PROOFS_OF, agreement=agreement_id)
    ]


async def signed_capacities(tx: AsyncConnection, agreement_id: UUID) -> set[Signatory]:
    return set((await tx.scalars(SIGNED, {"agreement": agreement_id})).all())


async def signed_by_agreement(
    tx: AsyncConnection, agreement_ids: Collection[UUID]
) -> dict[UUID, set[Signatory]]:
    columns = [proofs.c.agreement_id, proofs.c.capacity]
    rows = await tx.execute(select(*columns).where(among(proofs.c.agreement_id, agreement_ids)))
    signed: dict[UUID, set[Signatory]] = {}
    for row in rows:
        signed.setdefault(row.agreement_id, set()).add(row.capacity)
    return signed


async def add_proof(
    tx: AsyncConnection, agreement_id: UUID, capacity: Signatory, number: int, proof: SealedProof
) -> None:
    row = {
        "agreement_id": agreement_id,
        "capacity": capacity,
        "number": number,
        "body": proof.body,
        "sha256": proof.sha256,
        "key_id": proof.key_id,
        "signature": proof.signature,
    }
    await tx.execute(ADD_PROOF, row)


async def pairs_naming(tx: AsyncConnection, person_id: UUID) -> set[UUID]:
    """Find the pairs with an agreement that somebody signs or is to sign."""
    query = select(agreements.c.pair_id).where(names(person_id))
    return set((await tx.scalars(query)).all())


async def forget_signer(tx: AsyncConnection, person_id: UUID) -> Sequence[UUID]:
    """Drop the texts that name a person and their address, and tell of which pairs they were.

    The proofs stay.
    """
    of_person = update(signings).where(signings.c.person_id == person_id)
    await tx.execute(of_person.values(channel=None, code_hash=None))
    naming = update(agreements).where(names(person_id), agreements.c.text.is_not(None))
    return (await tx.scalars(naming.values(text=None).returning(agreements.c.pair_id))).all()


async def forget_shut_texts(tx: AsyncConnection, person_id: UUID) -> None:
    """Drop the texts that nobody opens without the key of a person."""
    under_theirs = agreements.c.key_id.is_(None)
    await tx.execute(update(agreements).where(names(person_id), under_theirs).values(text=None))


async def due_agreements(
    tx: AsyncConnection, pair_ids: Collection[UUID], now: datetime
) -> list[Agreement]:
    query = select(agreements).where(
        among(agreements.c.pair_id, pair_ids), agreements.c.next_due <= now
    )
    return [_agreement(row) for row in await rows(tx, query.order_by(agreements.c.id))]


async def look_later(tx: AsyncConnection, dues: Mapping[UUID, datetime]) -> None:
    """Note when time must look at agreements again."""
    if dues:
        later = [{"of_id": each, "next_due": due} for each, due in dues.items()]
        await tx.execute(changing(agreements), later)


async def forget_agreements(tx: AsyncConnection, agreement_ids: Collection[UUID]) -> None:
    """Keep what the figures need: that there were agreements, under which clauses, and when."""
    for table in (proofs, signings):
        await tx.execute(delete(table).where(among(table.c.agreement_id, agreement_ids)))
    over = update(agreements).where(among(agreements.c.id, agreement_ids))
    await tx.execute(over.values(text=None, next_due=None))


async def pairs_with_text(tx: AsyncConnection, pair_ids: Collection[UUID]) -> set[UUID]:
    query = select(agreements.c.pair_id).where(
        among(agreements.c.pair_id, pair_ids), agreements.c.text.is_not(None)
    )
    return set((await tx.scalars(query)).all())


def names(person_id: UUID) -> ColumnElement[bool]:
    """Choose the agreements that somebody signs or is to sign, in whatever capacity."""
    signs = agreements.c.signatories
    each = (func.jsonb_build_object(capacity.value, str(person_id)) for capacity in Signatory)
    return or_(*(signs.contains(signatory) for signatory in each))


def _row(agreement: Agreement) -> dict[str, Any]:
    return row_of(agreement) | {
        "terms": agreement.terms.model_dump(mode="json"),
        "signatories": {
            capacity.value: str(person) if person else None
            for capacity, person in agreement.signatories.items()
        },
    }


def _agreement(row: dict[str, Any]) -> Agreement:
    # A jsonb object forgets its order; everyone signs in the order of the capacities.
    people = {
        capacity: UUID(row["signatories"][capacity]) if row["signatories"][capacity] else None
        for capacity in Signatory
        if capacity in row["signatories"]
    }
    terms = Terms.model_validate(row["terms"])
    return Agreement(**row | {"terms": terms, "signatories": people})
