"""Hold every drill on one platform, and print what came of each: `make drills`.

    python -m tests.faults.drills [--only WORD …]

Ends with code 1 if anything was lost, doubled, changed by a rebuild, or found in clear.
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Iterator, Sequence

import structlog

from tests.faults.drills.drill import HEADING, Drill, Report, hold
from tests.faults.drills.table import DRILLS
from tests.faults.ledger import Ledger
from tests.faults.trial import Trial, standing

PATIENCE_SECONDS = 120
MOST_FINDINGS, LONGEST_LINE = 20, 400


async def hold_all(drills: Sequence[Drill]) -> list[Report]:
    reports = []
    with standing() as platform:
        async with Trial.on(platform, Ledger(patience=PATIENCE_SECONDS)) as trial:
            for drill in drills:
                reports.append(await hold(drill, trial))
                say(str(reports[-1]))
                # What is once wrong stays wrong: the drills after it would say so again.
                if reports[-1].findings.all:
                    break
    return reports


def summary(reports: Sequence[Report], left: int, seconds: float) -> Iterator[str]:
    yield from (line for report in reports for line in details(report))
    held = [report for report in reports if not report.not_run]
    faults = sum(report.harm.faults for report in held)
    answered = sum(report.answered for report in held)
    yield f"{len(held)} drills, {faults} faults, {answered} commands answered in {seconds:.0f} s"
    if len(held) < len(reports):
        yield f"not run, and so not passed: {len(reports) - len(held)}"
    if left:
        yield f"not held after what was found: {left}"


def details(report: Report) -> Iterator[str]:
    yield from (f"{report.name}: {line}" for line in report.harm.told)
    found = (f"{report.name}: {line}" for line in report.findings.all[:MOST_FINDINGS])
    yield from (line[:LONGEST_LINE] for line in found)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=[""], metavar="WORD")
    words = parser.parse_args().only
    drills = [drill for drill in DRILLS if any(word in drill.name for word in words)]
    # What breaks is broken on purpose: the table says what came of it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    since = time.monotonic()
    say(HEADING)
    reports = asyncio.run(hold_all(drills))
    for line in summary(reports, len(drills) - len(reports), time.monotonic() - since):
        say(line)
    return 1 if any(report.findings.all for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
