"""Several solvers on one pool, by turns, each in its own process; the best totals are equal."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.matching.solvers import EXACT, Outcome
from matching.domain.assignment import Instance

ROUNDS = 3
# It is slower by a factor of a thousand, which once is enough to see.
ONCE = ("NetworkX max_weight_matching",)
# What we use for a first bonus too; the totals that are compared contain it.
BONUSES = 4


def contest(instance: Instance, names: Sequence[str], rounds: int = ROUNDS) -> dict[str, Outcome]:
    """Return for each solver its median time, its most memory, and what it reached."""
    bonus = BONUSES * max(int(instance.points.max(initial=0)), 1)
    with written(instance) as path:
        found: dict[str, list[Outcome]] = {name: [] for name in names}
        for number in range(rounds):
            for name in names if not number else (each for each in names if each not in ONCE):
                found[name].append(child(name, path, bonus))
    medians = {name: summed_up(outcomes) for name, outcomes in found.items()}
    totals = {
        name: outcome.points + bonus * outcome.served
        for name, outcome in medians.items()
        if name in EXACT
    }
    assert len(set(totals.values())) == 1, totals
    return medians


def child(name: str, path: Path, bonus: int) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.matching.solvers", name, str(path), str(bonus)],
        stdout=subprocess.PIPE,
        check=True,
    )
    return Outcome(*json.loads(done.stdout))


def summed_up(outcomes: Sequence[Outcome]) -> Outcome:
    """Take the median time and the most memory; what is reached is the same each time."""
    assert len({(each.served, each.points) for each in outcomes}) == 1
    return outcomes[0]._replace(
        seconds=statistics.median(each.seconds for each in outcomes),
        added_mb=max(each.added_mb for each in outcomes),
    )


@contextmanager
def written(instance: Instance) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pool.npz"
        np.savez(
            path,
            mentees=instance.mentees,
            places=instance.places,
            mentee=instance.mentee,
            mentor=instance.mentor,
            points=instance.points,
        )
        yield path
