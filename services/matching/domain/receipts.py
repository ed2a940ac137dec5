"""The receipt of a run: what it was computed from, by which rules, and what came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from common.contracts.policy import Objective
from matching.domain.computation import Certificate, Figures, Inputs, Result, sha256
from matching.domain.emptied import Emptied, emptied_in
from matching.domain.shards import solve


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What computes: the hash of the rules' own text, and what they stand on."""

    code_version: str
    packages: Mapping[str, str]


class Receipt(BaseModel):
    """Enough to compute a run again and to see that the result is the same."""

    inputs_sha256: str
    result_sha256: str
    # The hash of the rules' own text.
    code_version: str
    # Python and the packages whose arithmetic decides the result.
    packages: Mapping[str, str] = {}
    seed: int
    policy_versions: Mapping[UUID, int]
    # What was otherwise than these versions say; None: nothing.
    variant: dict[str, Any] | None = None
    objective: Objective
    waiting: int
    protected: int
    mentors: int
    places: int
    couples: int
    reached: Figures
    first_come: Figures
    # One for each part that was computed and proven by itself.
    certificates: list[Certificate]
    # What left some without anybody who could be their mentor; none, if everyone has somebody.
    emptied: Emptied | None = None


def receipt_of(
    inputs: Inputs,
    text: str,
    result: Result,
    made_by: Provenance,
    variant: dict[str, Any] | None = None,
) -> Receipt:
    counted = result.model_dump(exclude={"lines"})
    return Receipt(
        inputs_sha256=sha256(text),
        result_sha256=sha256(result.model_dump_json()),
        code_version=made_by.code_version,
        packages=made_by.packages,
        seed=inputs.seed,
        policy_versions={each.programme_id: each.policy_version for each in inputs.terms},
        emptied=emptied_in(inputs, result.lines),
        variant=variant,
        **counted,
    )


def differences(receipt: Receipt, text: str, inputs: Inputs, made_by: Provenance) -> list[str]:
    """Compute a run again, and name what is not as its receipt says; nothing: all is, to the byte.

    Other inputs or rules could only give another result: nothing is computed then.
    """
    found = []
    if sha256(text) != receipt.inputs_sha256:
        found.append("inputs_sha256")
    if made_by.code_version != receipt.code_version:
        found.append("code_version")
    if found:
        return found
    again = receipt_of(inputs, text, solve(inputs), made_by, receipt.variant)
    return [
        name
        for name in Receipt.model_fields
        if name != "packages" and getattr(again, name) != getattr(receipt, name)
    ]
