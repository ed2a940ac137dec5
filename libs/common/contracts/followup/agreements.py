"""Facts that followup announces of the agreement of a pair, and of who signed it."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, PositiveInt

from common.contracts.followup.pairs import PairEvent
from common.contracts.policy import Meetings, Signatory
from common.contracts.vocabulary import Modality, Sealed


class AgreementPrepared(PairEvent):
    """The agreement is ready to be signed by those who must."""

    subject: ClassVar[str] = "events.followup.agreement_prepared.v1"

    agreement_id: UUID
    template: Annotated[str, Field(max_length=60)]
    policy_version: PositiveInt
    text_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    # Who must sign: capacity to person; the organisation signs through one of its staff.
    signatories: dict[Signatory, UUID | None]
    sign_by: AwareDatetime


class SignatureCodeIssued(PairEvent):
    """A signer asked for the code that proves the channel; only its person's key opens it."""

    subject: ClassVar[str] = "events.followup.signature_code_issued.v1"

    agreement_id: UUID
    person_id: UUID
    sealed_code: Sealed
    expires_at: AwareDatetime


class AgreementSignedBy(PairEvent):
    """One of the signatories signed."""

    subject: ClassVar[str] = "events.followup.agreement_signed_by.v1"

    agreement_id: UUID
    signatory: Signatory
    # On paper, for a signatory who is nobody here, the same as `attested_by`.
    person_id: UUID
    # The coordinator who saw the signature on paper; None if it was given by a code.
    attested_by: UUID | None = None


class AgreementsForgotten(PairEvent):
    """No text that the pair was to sign is kept any more: the key of the pair may go."""

    subject: ClassVar[str] = "events.followup.agreements_forgotten.v1"


class AgreementSigned(PairEvent):
    """Everyone who must has signed: the pair is active under these clauses."""

    subject: ClassVar[str] = "events.followup.agreement_signed.v1"

    agreement_id: UUID
    meetings: Meetings
    starts_on: date
    ends_on: date
    modalities: tuple[Modality, ...]
