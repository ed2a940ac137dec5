"""Compute a run again from its receipt, and say whether it comes out the same to the byte.

`python -m matching.replay RECEIPT.json [INPUTS.json]`: the first file is what
`GET /runs/{id}/receipt` answers, which holds the inputs too, or a bare receipt beside the inputs.
The exit code is 0 if everything is as the receipt says, 1 if something differs, 2 if a file
cannot be read.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from matching.domain.bounds import refusal_of
from matching.domain.computation import Inputs, read
from matching.domain.receipts import Receipt, differences
from matching.provenance import provenance

SAME, DIFFERENT, UNREADABLE = 0, 1, 2

SENTENCES = {
    "inputs_sha256": "these are other inputs than those of the receipt",
    "code_version": "the rules here are not those of the receipt: take the version that made it",
    "result_sha256": "the result is another one",
}


class Unreadable(Exception):
    """A file does not hold what it should."""


def opened(receipt_file: Path, inputs_file: Path | None) -> tuple[Receipt, str, Inputs]:
    """Read the receipt, and the inputs beside it or in it, as text and as what it says."""
    try:
        found: dict[str, Any] = json.loads(receipt_file.read_bytes())
        receipt = Receipt.model_validate(found.get("receipt", found))
        text = inputs_file.read_text("utf-8") if inputs_file else found.get("inputs")
        if not isinstance(text, str):
            raise Unreadable("there are no inputs: they were forgotten, or are in a second file")
        text = text.removesuffix("\n")
        inputs = read(text)
    except (OSError, ValueError, AttributeError, ValidationError) as error:
        raise Unreadable(f"{type(error).__name__}: not a receipt with its inputs") from error
    if reason := refusal_of(inputs):
        raise Unreadable(f"the inputs are refused: {reason}")
    return receipt, text, inputs


def told(receipt: Receipt, found: list[str]) -> str:
    """Say in words what came of it."""
    if not found:
        return (
            f"same to the byte: {receipt.reached.served} of {receipt.waiting} served, "
            f"result {receipt.result_sha256}"
        )
    return "\n".join(f"differs: {SENTENCES.get(each, each)}" for each in found)


def other_packages(receipt: Receipt) -> str:
    here = provenance().packages
    others = [
        f"{name} {receipt.packages.get(name, 'none')} there, {here.get(name, 'none')} here"
        for name in sorted({*receipt.packages, *here})
        if receipt.packages.get(name) != here.get(name)
    ]
    return "".join(f"note: {each}\n" for each in others)


def main(arguments: list[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="python -m matching.replay", description=__doc__)
    asked.add_argument("receipt", type=Path)
    asked.add_argument("inputs", type=Path, nargs="?")
    files = asked.parse_args(arguments)
    try:
        receipt, text, inputs = opened(files.receipt, files.inputs)
    except Unreadable as reason:
        sys.stderr.write(f"{reason}\n")
        return UNREADABLE
    found = differences(receipt, text, inputs, provenance())
    sys.stderr.write(other_packages(receipt))
    sys.stdout.write(f"{told(receipt, found)}\n")
    return DIFFERENT if found else SAME


if __name__ == "__main__":
    sys.exit(main())
