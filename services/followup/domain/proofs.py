"""What proves a signature years later, to whoever trusts neither the platform nor its people."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, TypeAlias
from uuid import UUID

from followup.domain.agreements import Agreement
from followup.domain.signing import Signing, Step

SIGNATURE_FORMAT = "binome-signature-2"
# What was sealed in this format does not say who else was to sign.
ALONE_FORMAT = "binome-signature-1"
BUNDLE_FORMAT = "binome-proof-1"

Document: TypeAlias = Mapping[str, Any]
# Tells whether a signature of the server, by the key of this id, is over these bytes.
IsGenuine: TypeAlias = Callable[[str, bytes, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A signature by hand that a coordinator saw: the hash of the scan, never the scan."""

    scan_sha256: str
    signed_on: date
    attested_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedProof:
    """A proof with its hash, and the server's signature over it."""

    body: Document
    sha256: str
    key_id: str
    signature: str


def canonical(document: Document) -> bytes:
    """Write a document in the one way that is hashed: sorted, without spaces, UTF-8."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def hash_of(document: Document) -> str:
    return sha256(canonical(document)).hexdigest()


def evidence(
    agreement: Agreement,
    signing: Signing,
    consent: str,
    previous: SealedProof | None,
    paper: Paper | None = None,
) -> dict[str, Any]:
    """Put together what is known of one signature, chained to the one before it.

    On paper somebody may sign who is nobody here: then only the coordinator who saw it is named.
    Whoever seals it adds `server_key`, so that it can be checked after the key was changed.
    """
    signer = signing.person_id if paper is None else agreement.signatories[signing.capacity]
    return {
        "format": SIGNATURE_FORMAT,
        "agreement": {
            "id": str(agreement.id),
            "template": agreement.template,
            "template_version": agreement.template_version,
            "policy_version": agreement.policy_version,
            "language": agreement.language,
            "text_sha256": agreement.text_sha256,
            "signatories": _capacities(agreement),
        },
        "signer": {
            "person_id": str(signer) if signer else None,
            "capacity": signing.capacity.value,
        },
        "means": _by_code(signing) if paper is None else _on_paper(paper),
        "consent": consent,
        "log": [{"step": each.step.value, "at": each.at.isoformat()} for each in signing.log],
        "previous_sha256": previous.sha256 if previous else None,
    }


def bundle(agreement: Agreement, proofs: Sequence[SealedProof], text: str | None) -> dict[str, Any]:
    """Gather all proofs of one agreement, with what is needed to check them elsewhere.

    `text` is the base64 of the exact bytes, for those who may read them.
    """
    return {
        "format": BUNDLE_FORMAT,
        "agreement_id": str(agreement.id),
        "text_sha256": agreement.text_sha256,
        "signatories": _capacities(agreement),
        "signatures": [
            {
                "proof": proof.body,
                "sha256": proof.sha256,
                "key_id": proof.key_id,
                "signature": proof.signature,
            }
            for proof in proofs
        ],
        "keys": {proof.key_id: proof.body["server_key"] for proof in proofs},
        "text": text,
    }


def verify(proof_bundle: Document, is_genuine: IsGenuine) -> tuple[str, ...]:
    """Say everything that is wrong with a bundle; nothing, if every signature holds."""
    try:
        return tuple(_flaws(proof_bundle, is_genuine))
    except (KeyError, TypeError, ValueError, AttributeError):
        return ("this is not a proof bundle",)


def _flaws(proof_bundle: Document, is_genuine: IsGenuine) -> Iterator[str]:
    if proof_bundle["format"] != BUNDLE_FORMAT:
        yield "this is not a proof bundle"
        return
    yield from _text_flaws(proof_bundle)
    previous: str | None = None
    signed: list[str] = []
    for number, signature in enumerate(proof_bundle["signatures"], start=1):
        for flaw in _signature_flaws(proof_bundle, signature, previous, is_genuine):
            yield f"signature {number}: {flaw}"
        previous = signature["sha256"]
        signed.append(signature["proof"]["signer"]["capacity"])
    yield from _signatory_flaws(proof_bundle["signatories"], signed)


def is_alone(proof: Document) -> bool:
    """Tell whether a proof leaves open who else was to sign."""
    return bool(proof["format"] == ALONE_FORMAT)


def _signatory_flaws(signatories: Sequence[str], signed: Sequence[str]) -> Iterator[str]:
    if not signed:
        yield "nobody signed"
    if missing := set(signatories) - set(signed):
        yield f"not signed by: {', '.join(sorted(missing))}"
    if len(signed) != len(set(signed)):
        yield "somebody signed twice"


def _text_flaws(proof_bundle: Document) -> Iterator[str]:
    if proof_bundle["text"] is None:
        return
    text = b64decode(proof_bundle["text"], validate=True)
    if sha256(text).hexdigest() != proof_bundle["text_sha256"]:
        yield "the text is not the one that was signed"


def _signature_flaws(
    proof_bundle: Document, signature: Document, previous: str | None, is_genuine: IsGenuine
) -> Iterator[str]:
    proof = signature["proof"]
    if proof["format"] not in {SIGNATURE_FORMAT, ALONE_FORMAT}:
        yield "it is of an unknown format"
    if hash_of(proof) != signature["sha256"]:
        yield "the proof was changed"
    if not is_genuine(signature["key_id"], canonical(proof), signature["signature"]):
        yield "the server did not sign this proof"
    if proof["previous_sha256"] != previous:
        yield "it does not follow the signature before it"
    yield from _agreement_flaws(proof_bundle, proof)
    yield from _log_flaws(proof["log"])


def _agreement_flaws(proof_bundle: Document, proof: Document) -> Iterator[str]:
    agreement = proof["agreement"]
    if agreement["text_sha256"] != proof_bundle["text_sha256"]:
        yield "it is for another text"
    if agreement["id"] != proof_bundle["agreement_id"]:
        yield "it is for another agreement"
    if not is_alone(proof) and agreement["signatories"] != proof_bundle["signatories"]:
        yield "others were to sign"


def _log_flaws(log: Sequence[Document]) -> Iterator[str]:
    times = [each["at"] for each in log]
    if times != sorted(times):
        yield "its steps are out of order"
    steps = [each["step"] for each in log]
    by_code = [Step.OPENED, Step.CODE_SENT, Step.CODE_CHECKED, Step.SIGNED]
    on_paper = [Step.ATTESTED, Step.SIGNED]
    if not (_in_order(by_code, steps) or _in_order(on_paper, steps)):
        yield "a step is missing"


def _in_order(wanted: Sequence[str], steps: Sequence[str]) -> bool:
    """Tell whether the wanted steps stand among the steps, in this order."""
    remaining = iter(steps)
    return all(step in remaining for step in wanted)


def _capacities(agreement: Agreement) -> list[str]:
    return [capacity.value for capacity in agreement.signatories]


def _by_code(signing: Signing) -> dict[str, Any]:
    return {
        "kind": "code",
        "channel": "email",
        "masked": signing.channel,
        "verified": "the code sent to this address was typed back",
        "tries": signing.tries,
        "codes_sent": sum(each.step is Step.CODE_SENT for each in signing.log),
    }


def _on_paper(paper: Paper) -> dict[str, Any]:
    return {
        "kind": "paper",
        "scan_sha256": paper.scan_sha256,
        "signed_on": paper.signed_on.isoformat(),
        "attested_by": str(paper.attested_by),
    }
