"""The agreement of a pair, as data: who signs it, what it says, and what is still to be signed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.calendar import MONTHS_A_YEAR, after_months, day_of
from common.contracts.followup.agreements import (
    AgreementPrepared,
    AgreementsForgotten,
    AgreementSigned,
    AgreementSignedBy,
)
from common.contracts.policy import Policy, Retention, Signatory
from common.contracts.vocabulary import Sealed, Setting
from followup.domain.clauses import Terms, ends_on
from followup.domain.errors import AlreadySigned, NotASignatory, NotToBeSigned
from followup.domain.pairs import Pair, Status, about, counted, move, require_gates

# Everyone in this order, on paper as in the proof.
ORDER = tuple(Signatory)


class AgreementStatus(StrEnum):
    PENDING = "pending"
    SIGNED = "signed"
    # The pair ended before everyone had signed.
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a pair and those around it commit to; once prepared, its text never changes."""

    id: UUID
    pair_id: UUID
    association_id: UUID
    template: str
    template_version: int
    policy_version: int
    language: str
    terms: Terms
    # Who signs in which capacity; nobody by name for those who sign through a person to come.
    signatories: Mapping[Signatory, UUID | None]
    text_sha256: str
    text: Sealed | None
    # The key of the pair alone seals the text; without one, the keys of all whom it names do.
    key_id: UUID | None
    prepared_at: datetime
    sign_by: datetime
    status: AgreementStatus = AgreementStatus.PENDING
    signed_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    # When time must look at it again; never, once it is forgotten.
    next_due: datetime | None = None

    @property
    def named(self) -> tuple[UUID, ...]:
        return named_in(self.signatories)

    @property
    def sealed_under(self) -> tuple[UUID, ...]:
        """Whose keys seal the text."""
        return sealing(self.key_id, self.signatories)


def sealing(key_id: UUID | None, signatories: Mapping[Signatory, UUID | None]) -> tuple[UUID, ...]:
    """Name the keys that seal a text, in the order of sealing."""
    return (key_id,) if key_id else named_in(signatories)


def named_in(signatories: Mapping[Signatory, UUID | None]) -> tuple[UUID, ...]:
    people = (signatories.get(capacity) for capacity in ORDER)
    return tuple(dict.fromkeys(person for person in people if person))


def signatories_of(
    pair: Pair, policy: Policy, guardian_id: UUID | None
) -> dict[Signatory, UUID | None]:
    """Say who must sign: the policy's, a minor's guardian, and the child-protection service."""
    wanted = set(policy.signatories)
    if pair.for_minor:
        wanted.add(Signatory.GUARDIAN)
    if pair.setting is Setting.CHILD_PROTECTION:
        wanted.add(Signatory.CHILD_PROTECTION)
    people = {
        Signatory.MENTOR: pair.mentor_id,
        Signatory.MENTEE: pair.mentee_id,
        Signatory.GUARDIAN: guardian_id,
    }
    return {capacity: people.get(capacity) for capacity in ORDER if capacity in wanted}


def sign_by(policy: Policy, met_at: datetime) -> datetime:
    return met_at + timedelta(days=policy.agreement_signed_within_days)


def await_signatures(
    pair: Pair, agreement: Agreement, *, at: datetime
) -> tuple[Pair, AgreementPrepared]:
    """Ask everyone to sign the text that was prepared."""
    pending = replace(
        move(pair, Status.AGREEMENT_PENDING), agreement_id=agreement.id, sign_by=agreement.sign_by
    )
    return pending, AgreementPrepared(
        **about(pending, at),
        agreement_id=agreement.id,
        template=agreement.template,
        policy_version=agreement.policy_version,
        text_sha256=agreement.text_sha256,
        signatories=dict(agreement.signatories),
        sign_by=agreement.sign_by,
    )


def require_pending(agreement: Agreement) -> None:
    if agreement.status is not AgreementStatus.PENDING:
        raise NotToBeSigned(agreement.id)


def require_capacity(
    agreement: Agreement, capacity: Signatory, person_id: UUID, *, of_staff: bool
) -> None:
    """Raise unless this person signs in this capacity; the organisation signs through its staff."""
    if capacity not in agreement.signatories:
        raise NotASignatory(agreement.id)
    if capacity is Signatory.ORGANISATION:
        if not of_staff or person_id in agreement.named:
            raise NotASignatory(agreement.id)
    elif agreement.signatories[capacity] != person_id:
        raise NotASignatory(agreement.id)


def require_attestable(agreement: Agreement, capacity: Signatory, person_id: UUID) -> None:
    """Raise unless a coordinator may attest this signature: nobody who is named in the agreement.

    For the organisation they attest that it was signed, and by whom is on the paper alone.
    """
    if capacity not in agreement.signatories or person_id in agreement.named:
        raise NotASignatory(agreement.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed; on paper, also who saw it, and who stands for a signatory who is nobody here."""

    person_id: UUID
    attested_by: UUID | None = None


def sign(
    pair: Pair, capacity: Signatory, signer: Signer, signed: set[Signatory], *, at: datetime
) -> tuple[Pair, AgreementSignedBy]:
    """Count one signature; the gates must be open for a pair that is about to become active."""
    if capacity in signed:
        raise AlreadySigned(pair.agreement_id)
    if pair.status is not Status.AGREEMENT_PENDING or pair.agreement_id is None:
        raise NotToBeSigned(pair.agreement_id)
    require_gates(pair)
    counting = counted(pair)
    return counting, AgreementSignedBy(
        **about(counting, at),
        agreement_id=pair.agreement_id,
        signatory=capacity,
        person_id=signer.person_id,
        attested_by=signer.attested_by,
    )


def is_complete(agreement: Agreement, signed: set[Signatory]) -> bool:
    return set(agreement.signatories) <= signed


def activate(
    pair: Pair, agreement: Agreement, signed: set[Signatory], *, at: datetime
) -> tuple[Pair, Agreement, AgreementSigned]:
    """Start the pair under the clauses that everyone signed, on the day of the last signature."""
    if pair.status is not Status.AGREEMENT_PENDING or not is_complete(agreement, signed):
        raise NotToBeSigned(agreement.id)
    require_gates(pair)
    start = day_of(at)
    end = ends_on(agreement.terms, start)
    active = replace(
        move(pair, Status.ACTIVE), terms=agreement.terms, starts_on=start, ends_on=end, sign_by=None
    )
    done = replace(
        agreement, status=AgreementStatus.SIGNED, signed_at=at, starts_on=start, ends_on=end
    )
    return (
        active,
        done,
        AgreementSigned(
            **about(active, at),
            agreement_id=agreement.id,
            meetings=agreement.terms.meetings,
            starts_on=start,
            ends_on=end,
            modalities=agreement.terms.modalities,
        ),
    )


def void(agreement: Agreement) -> Agreement:
    """Withdraw a text that not everyone has signed; a signed agreement stays as it is."""
    if agreement.status is not AgreementStatus.PENDING:
        return agreement
    return replace(agreement, status=AgreementStatus.VOID)


def forget_at(rules: Retention, since: datetime) -> datetime:
    return after_months(since, rules.agreement_years * MONTHS_A_YEAR)


def kept_until(agreement: Agreement, pair: Pair, rules: Retention, *, at: datetime) -> datetime:
    """Say until when text and proofs are kept; while the pair goes on, the soonest that can be.

    What never came into force is kept from the day on which it was written, all else from the
    end of the pair.
    """
    if pair.closed_at is None:
        return forget_at(rules, at)
    withdrawn = agreement.status is AgreementStatus.VOID
    return forget_at(rules, agreement.prepared_at if withdrawn else pair.closed_at)


def say_forgotten(pair: Pair, *, at: datetime) -> tuple[Pair, AgreementsForgotten]:
    """Announce that no text of the pair is left."""
    without = counted(pair)
    return without, AgreementsForgotten(**about(without, at))
