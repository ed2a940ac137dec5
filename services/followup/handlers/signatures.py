"""Signatures, by a code or on paper: each leaves a proof, chained to the one before it."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common import seal
from common.calendar import day_of
from common.contracts.followup.agreements import SignatureCodeIssued
from common.contracts.followup.pairs import Side
from common.contracts.policy import Signatory
from common.contracts.vocabulary import Sealed
from common.outbox import emit
from common.vault import vault_of
from followup.domain import agreements, signing
from followup.domain.agreements import Agreement, Signer
from followup.domain.errors import (
    AlreadySigned,
    BeforeTheText,
    ConsentMissing,
    InTheFuture,
    NoChannel,
    OtherText,
)
from followup.domain.pairs import Pair, about, counted
from followup.domain.proofs import Paper, evidence
from followup.domain.sight import Viewer, require_side
from followup.domain.signing import CODE_DIGITS, CODE_LIVES, Signing
from followup.handlers.settling import settle, with_gates
from followup.handlers.sight import side_in
from followup.signing_key import SigningKey
from followup.store.agreements import (
    add_proof,
    find_agreement,
    proofs_of,
    save_agreement,
    save_signing,
    signed_capacities,
    signing_of,
)
from followup.store.heard import people_by_id
from followup.store.pairs import lock_pair, save_pairs
from followup.templates import template

CODE = "signature_code"
EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWish:
    """What somebody asks a code for."""

    agreement_id: UUID
    capacity: Signatory


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What somebody sends to sign: the code, and the hash of the text that they agree to."""

    agreement_id: UUID
    capacity: Signatory
    code: str
    text_sha256: str
    consent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What a coordinator enters of a signature on paper."""

    agreement_id: UUID
    capacity: Signatory
    scan_sha256: str
    signed_on: date


async def issue_code(
    tx: AsyncConnection, key: SigningKey, *, wish: CodeWish, viewer: Viewer, now: datetime
) -> datetime:
    """Send a new code to the signer's own address, and return until when it can be used."""
    case = await _to_sign(tx, wish.agreement_id, wish.capacity, viewer)
    pair, agreement = case.pair, case.agreement
    _require_signer(case, wish.capacity, viewer)
    way = await signing_of(tx, agreement.id, wish.capacity, viewer.person_id)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    sent = signing.send_code(
        way,
        code_hash=signing.keyed_hash(key.code_key, way, code),
        channel=await _masked_address(tx, viewer.person_id),
        at=now,
    )
    await save_signing(tx, sent)
    issued = counted(pair)
    await save_pairs(tx, [issued])
    await emit(
        tx,
        SignatureCodeIssued(
            **about(issued, now),
            agreement_id=agreement.id,
            person_id=viewer.person_id,
            sealed_code=await vault_of(tx).seal(viewer.person_id, CODE, code),
            expires_at=now + CODE_LIVES,
        ),
    )
    return now + CODE_LIVES


async def sign(
    tx: AsyncConnection, key: SigningKey, *, signature: Signature, viewer: Viewer, now: datetime
) -> bool:
    """Sign with the code that was sent; False for a wrong one, whose try must be kept."""
    case = await _to_sign(tx, signature.agreement_id, signature.capacity, viewer)
    agreement = case.agreement
    _require_signer(case, signature.capacity, viewer)
    if not signature.consent:
        raise ConsentMissing("consent")
    if signature.text_sha256 != agreement.text_sha256:
        raise OtherText(agreement.id)
    way = await signing_of(tx, agreement.id, signature.capacity, viewer.person_id)
    typed = signing.keyed_hash(key.code_key, way, signature.code)
    tried, right = signing.try_code(way, typed, at=now)
    await save_signing(tx, tried)
    if right:
        await _count(tx, key, case, Signed(way=tried), now)
    return right


async def attest(
    tx: AsyncConnection,
    key: SigningKey,
    *,
    attestation: Attestation,
    viewer: Viewer,
    now: datetime,
) -> None:
    """Note a signature on paper, which a coordinator saw and keeps a scan of."""
    case = await _to_sign(tx, attestation.agreement_id, attestation.capacity, viewer)
    agreement = case.agreement
    require_side(case.side, Side.ASSOCIATION)
    agreements.require_attestable(agreement, attestation.capacity, viewer.person_id)
    if attestation.signed_on > day_of(now):
        raise InTheFuture("signed_on")
    if attestation.signed_on < day_of(agreement.prepared_at):
        raise BeforeTheText("signed_on")
    signer = agreement.signatories[attestation.capacity] or viewer.person_id
    way = await signing_of(tx, agreement.id, attestation.capacity, signer)
    attested = signing.attest(way, at=now)
    await save_signing(tx, attested)
    paper = Paper(
        scan_sha256=attestation.scan_sha256,
        signed_on=attestation.signed_on,
        attested_by=viewer.person_id,
    )
    await _count(tx, key, case, Signed(way=attested, paper=paper), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A way to a signature that came to its end, by code or on paper."""

    way: Signing
    paper: Paper | None = None

    @property
    def signer(self) -> Signer:
        """Tell who took the last step, and whether they signed or saw it on paper."""
        attested_by = self.paper.attested_by if self.paper else None
        return Signer(person_id=self.way.person_id, attested_by=attested_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A pair, locked, its agreement that is to be signed, and the side of whoever comes."""

    pair: Pair
    agreement: Agreement
    side: Side


async def _count(
    tx: AsyncConnection, key: SigningKey, case: Case, signed: Signed, now: datetime
) -> None:
    """Keep the proof of a signature; with the last one the pair is active."""
    agreement = case.agreement
    capacity = signed.way.capacity
    earlier = await proofs_of(tx, agreement.id)
    said = template(agreement.template, agreement.template_version, agreement.language).consent
    proof = evidence(
        agreement, signed.way, said[capacity], earlier[-1] if earlier else None, signed.paper
    )
    before = await signed_capacities(tx, agreement.id)
    looked = await with_gates(tx, case.pair, at=now)
    counting, event = agreements.sign(looked, capacity, signed.signer, before, at=now)
    await add_proof(tx, agreement.id, capacity, len(earlier) + 1, key.seal(proof))
    after = before | {capacity}
    if not agreements.is_complete(agreement, after):
        await settle(tx, counting, event, at=now)
        return
    active, done, all_signed = agreements.activate(counting, agreement, after, at=now)
    await save_agreement(tx, done)
    await settle(tx, active, event, all_signed, at=now)


async def _to_sign(
    tx: AsyncConnection, agreement_id: UUID, capacity: Signatory, viewer: Viewer
) -> Case:
    """Lock the pair, so that two who sign at once do so one after the other."""
    found = await find_agreement(tx, agreement_id)
    pair = await lock_pair(tx, found.pair_id)
    # First of all: a stranger is not told how far the signing is.
    side = await side_in(tx, pair, viewer)
    agreement = await find_agreement(tx, agreement_id)
    if capacity in await signed_capacities(tx, agreement_id):
        raise AlreadySigned(agreement_id)
    agreements.require_pending(agreement)
    return Case(pair=pair, agreement=agreement, side=side)


def _require_signer(case: Case, capacity: Signatory, viewer: Viewer) -> None:
    of_staff = case.side is Side.ASSOCIATION
    agreements.require_capacity(case.agreement, capacity, viewer.person_id, of_staff=of_staff)


async def _masked_address(tx: AsyncConnection, person_id: UUID) -> str:
    people = await people_by_id(tx, [person_id])
    address = people[person_id].sealed.get(EMAIL) if person_id in people else None
    if address is None:
        raise NoChannel(person_id)
    return seal.masked(await vault_of(tx).open(person_id, EMAIL, Sealed(address)))
