"""Compute runs away from the service: a line of inputs on standard input, a line of result out.

`python -m matching.solve < inputs.json` gives anyone the result that a receipt speaks of.
"""

import os
import sys
from collections.abc import Iterable, Iterator

from matching.domain.assignment import TooLarge
from matching.domain.computation import compute, read

# Answers to people come before a computation that nobody waits for by the second.
LESS_URGENT = 5
TOO_LARGE = "too_large"


def answers(lines: Iterable[str]) -> Iterator[str]:
    """Answer each line of inputs with its result, or with the code of why there is none."""
    for line in lines:
        try:
            yield compute(read(line)).model_dump_json()
        except TooLarge:
            yield TOO_LARGE


def main() -> None:
    os.nice(LESS_URGENT)
    for answer in answers(sys.stdin):
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
