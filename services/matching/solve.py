"""Compute a run away from the service: inputs on standard input, the result on standard output.

`python -m matching.solve < inputs.json` gives anyone the result that a receipt speaks of.
"""

import os
import sys

from matching.domain.assignment import TooLarge
from matching.domain.computation import compute, read

# Answers to people come before a computation that nobody waits for by the second.
LESS_URGENT = 5
TOO_LARGE = 3


def main() -> None:
    os.nice(LESS_URGENT)
    try:
        result = compute(read(sys.stdin.read()))
    except TooLarge:
        sys.exit(TOO_LARGE)
    sys.stdout.write(result.model_dump_json())


if __name__ == "__main__":
    main()
