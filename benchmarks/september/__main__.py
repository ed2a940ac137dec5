"""Play September at another size: `python -m benchmarks.september --referrals 10000`."""

import argparse
import sys
from pathlib import Path

import uvloop

from benchmarks.september.measure import A_SECOND, PICTURE, REFERRALS, september
from benchmarks.table import table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.september", description=__doc__)
    parser.add_argument("--referrals", type=int, default=REFERRALS, help=f"({REFERRALS})")
    parser.add_argument(
        "--rate", type=float, default=A_SECOND, help=f"deeds that are due a second ({A_SECOND})"
    )
    parser.add_argument("--picture", type=Path, default=PICTURE, help=f"({PICTURE})")
    told = parser.parse_args()
    lines = uvloop.run(september(told.referrals, told.rate, told.picture))
    sys.stdout.write(f"{table(lines)}\n")


if __name__ == "__main__":
    main()
