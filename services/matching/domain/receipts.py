"""The receipt of a run: what it was computed from, by which rules, and what came out."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import BaseModel

from common.contracts.policy import Objective
from matching.domain.computation import Certificate, Figures, Inputs, Result, sha256


class Receipt(BaseModel):
    """Enough to compute a run again and to see that the result is the same."""

    inputs_sha256: str
    result_sha256: str
    # The hash of the rules' own text.
    code_version: str
    seed: int
    policy_versions: Mapping[UUID, int]
    objective: Objective
    waiting: int
    protected: int
    mentors: int
    places: int
    couples: int
    reached: Figures
    first_come: Figures
    certificate: Certificate


def receipt_of(inputs: Inputs, text: str, result: Result, code_version: str) -> Receipt:
    counted = result.model_dump(exclude={"lines"})
    return Receipt(
        inputs_sha256=sha256(text),
        result_sha256=sha256(result.model_dump_json()),
        code_version=code_version,
        seed=inputs.seed,
        policy_versions={each.programme_id: each.policy_version for each in inputs.terms},
        **counted,
    )
