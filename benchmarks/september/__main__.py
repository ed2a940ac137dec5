"""Play September at another size: `python -m benchmarks.september --referrals 10000`."""

import argparse
import sys
from pathlib import Path

import uvloop

from benchmarks.september.measure import PICTURE, USUAL, september
from benchmarks.september.month import Script
from benchmarks.table import table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.september", description=__doc__)
    parser.add_argument("--referrals", type=int, default=USUAL.referrals, help="(%(default)s)")
    parser.add_argument(
        "--mentors", type=float, default=USUAL.mentors, help="for a referral (%(default)s)"
    )
    parser.add_argument(
        "--rate", type=float, default=USUAL.a_second, help="deeds due a second (%(default)s)"
    )
    parser.add_argument("--picture", type=Path, default=PICTURE, help="(%(default)s)")
    told = parser.parse_args()
    script = Script(referrals=told.referrals, mentors=told.mentors, a_second=told.rate)
    sys.stdout.write(f"{table(uvloop.run(september(script, told.picture)))}\n")


if __name__ == "__main__":
    main()
