"""HTTP in: agreements, their exact text, codes, signatures and proofs."""

from base64 import b64encode
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field

from common.contracts.policy import Signatory
from common.http import Model, Now, Tx, may, routes
from common.problems import answer, refusal_of
from followup.api.asking import COORDINATOR, OF_PAIR, Asker, Signs
from followup.domain.agreements import AgreementStatus
from followup.domain.clauses import Terms
from followup.domain.errors import WrongCode
from followup.domain.proofs import bundle
from followup.handlers import agreements, signatures
from followup.handlers.sight import side_in
from followup.handlers.signatures import Attestation, CodeWish, Signature
from followup.store.agreements import find_agreement, proofs_of, signed_capacities
from followup.store.pairs import find_pair
from followup.templates import template

router = routes()

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ToSign(Model):
    """One capacity in which the agreement is signed, and the sentence that is agreed to."""

    capacity: Signatory
    person_id: UUID | None
    signed: bool
    consent: str


class AgreementDetail(Model):
    id: UUID
    pair_id: UUID
    template: str
    template_version: int
    policy_version: int
    language: str
    terms: Terms
    text_sha256: str
    status: AgreementStatus
    sign_by: datetime
    signed_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    signatories: tuple[ToSign, ...]


class CodeAsked(Model):
    capacity: Signatory


class CodeSent(Model):
    expires_at: datetime


class SignatureGiven(Model):
    capacity: Signatory
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    text_sha256: Sha256
    consent: bool


class PaperSeen(Model):
    capacity: Signatory
    scan_sha256: Sha256
    signed_on: date


@router.get("/agreements/{agreement_id}", dependencies=[may("agreement.read", *OF_PAIR)])
async def read_agreement(agreement_id: UUID, asker: Asker, tx: Tx) -> AgreementDetail:
    agreement = await find_agreement(tx, agreement_id)
    await side_in(tx, await find_pair(tx, agreement.pair_id), asker)
    # Also when its proofs are kept no more.
    complete = agreement.status is AgreementStatus.SIGNED
    signed = agreement.signatories if complete else await signed_capacities(tx, agreement_id)
    said = template(agreement.template, agreement.template_version, agreement.language).consent
    signatories = tuple(
        ToSign(capacity=each, person_id=person, signed=each in signed, consent=said[each])
        for each, person in agreement.signatories.items()
    )
    plain = AgreementDetail.model_fields.keys() - {"signatories"}
    shown: dict[str, Any] = {name: getattr(agreement, name) for name in plain}
    return AgreementDetail.model_validate(shown | {"signatories": signatories})


@router.get(
    "/agreements/{agreement_id}/text",
    dependencies=[may("agreement.open", *OF_PAIR)],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
async def read_text(agreement_id: UUID, asker: Asker, now: Now, tx: Tx) -> Response:
    """Answer the exact bytes that are signed, with their hash as the entity tag."""
    agreement, text = await agreements.read_text(
        tx, agreement_id=agreement_id, viewer=asker, now=now
    )
    headers = {"ETag": f'"{agreement.text_sha256}"', "Content-Language": agreement.language}
    return Response(text, headers=headers, media_type="text/plain; charset=utf-8")


@router.post(
    "/agreements/{agreement_id}/codes",
    status_code=201,
    dependencies=[may("agreement.ask_code", *OF_PAIR)],
)
async def issue_code(agreement_id: UUID, body: CodeAsked, signs: Signs, tx: Tx) -> CodeSent:
    wish = CodeWish(agreement_id=agreement_id, capacity=body.capacity)
    expires_at = await signatures.issue_code(
        tx, signs.key, wish=wish, viewer=signs.viewer, now=signs.now
    )
    return CodeSent(expires_at=expires_at)


@router.post(
    "/agreements/{agreement_id}/signatures",
    status_code=204,
    dependencies=[may("agreement.sign", *OF_PAIR)],
    response_model=None,
)
async def sign(
    agreement_id: UUID, body: SignatureGiven, request: Request, signs: Signs, tx: Tx
) -> Response | None:
    signature = Signature(
        agreement_id=agreement_id,
        capacity=body.capacity,
        code=body.code,
        text_sha256=body.text_sha256,
        consent=body.consent,
    )
    right = await signatures.sign(
        tx, signs.key, signature=signature, viewer=signs.viewer, now=signs.now
    )
    if right:
        return None
    # Answered, not raised: a wrong try must be counted, so its transaction commits.
    return answer(request.scope, refusal_of(WrongCode()))


@router.post(
    "/agreements/{agreement_id}/attestations",
    status_code=204,
    dependencies=[may("agreement.attest", COORDINATOR)],
)
async def attest(agreement_id: UUID, body: PaperSeen, signs: Signs, tx: Tx) -> None:
    attestation = Attestation(
        agreement_id=agreement_id,
        capacity=body.capacity,
        scan_sha256=body.scan_sha256,
        signed_on=body.signed_on,
    )
    await signatures.attest(
        tx, signs.key, attestation=attestation, viewer=signs.viewer, now=signs.now
    )


@router.get("/agreements/{agreement_id}/proof", dependencies=[may("agreement.prove", *OF_PAIR)])
async def read_proof(agreement_id: UUID, asker: Asker, tx: Tx) -> dict[str, Any]:
    """Give everything that is needed to check the signatures without this server."""
    agreement = await find_agreement(tx, agreement_id)
    await side_in(tx, await find_pair(tx, agreement.pair_id), asker)
    text = None
    if agreement.text is not None:
        text = b64encode(await agreements.text_of(tx, agreement)).decode()
    return bundle(agreement, await proofs_of(tx, agreement_id), text)
