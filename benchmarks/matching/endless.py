"""Compute one run again and again, as the solver of a busy service does, until somebody ends it."""

import os
import sys

from matching.domain.computation import compute, read

# As the solver of the service.
LESS_URGENT = 5

if __name__ == "__main__":
    os.nice(LESS_URGENT)
    inputs = read(sys.stdin.read())
    while True:
        compute(inputs)
