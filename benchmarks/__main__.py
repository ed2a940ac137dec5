"""Measure, and print one table: `python -m benchmarks`, or `python -m benchmarks starting`.

Everything is measured on this machine, now, so only the ratios can be compared with those of
another day. What is asserted in the same run: counts, and that nothing had its effect twice.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

from benchmarks.corridor import corridor, lone
from benchmarks.effect import effect
from benchmarks.imports import importing
from benchmarks.listening import listening
from benchmarks.matching.candidates import candidates
from benchmarks.matching.measure import whole_pool
from benchmarks.matching.suggestions import suggesting
from benchmarks.posting.measure import posting
from benchmarks.rebuilding import rebuilding
from benchmarks.september.measure import september
from benchmarks.starting import starting
from benchmarks.table import Line, table

MEASURES: dict[str, Callable[[], Awaitable[list[Line]]]] = {
    "corridor": corridor,
    "lone": lone,
    "effect": effect,
    "posting": posting,
    "rebuilding": rebuilding,
    "importing": importing,
    "starting": starting,
    "listening": listening,
    "matching": whole_pool,
    "candidates": candidates,
    "suggesting": suggesting,
    "september": september,
}


# Two minutes together on a machine that does nothing else; the others are asked for by name.
USUAL = ("corridor", "lone", "effect", "posting", "rebuilding", "importing")


async def measured(names: list[str]) -> list[Line]:
    lines: list[Line] = []
    for name in names:
        started = time.monotonic()
        lines += await MEASURES[name]()
        sys.stderr.write(f"{name}: measured in {time.monotonic() - started:.0f} s\n")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    named = ", ".join(MEASURES)
    parser.add_argument("measures", nargs="*", help=f"{named}, or all", metavar="MEASURE")
    asked = parser.parse_args().measures or list(USUAL)
    if unknown := set(asked) - {*MEASURES, "all"}:
        parser.error(f"nobody measures {', '.join(sorted(unknown))}; there are {named}")
    lines = asyncio.run(measured(list(MEASURES) if "all" in asked else asked))
    sys.stdout.write(f"{table(lines)}\n")


if __name__ == "__main__":
    main()
