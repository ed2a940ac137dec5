"""How long `make up` takes until everything is ready: a new data directory, then the same again."""

import re
import signal
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import Aim, Line
from local.platform import PYTHON_PATH
from local.ports import free_ports
from local.process import Child, Program
from tests import servers

ROUNDS = 3
PATIENCE_SECONDS = 120
READY = re.compile(r"is ready after ([\d.]+) s")
STEP = re.compile(r"^ok +(.+) \(([\d.]+) s\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Start:
    """How long until the addresses were printed, and by when each step was done."""

    seconds: float
    steps: dict[str, float]


async def starting(rounds: int = ROUNDS) -> list[Line]:
    """Start the platform on nothing, and once more on what it left."""
    first, second = [], []
    for _ in range(rounds):
        with servers.open_folder() as folder:
            first.append(start(folder))
            second.append(start(folder))
    return [*told("first", first), *told("second", second)]


def told(which: str, starts: list[Start]) -> list[Line]:
    seconds = statistics.median(each.seconds for each in starts)
    whole = Line(
        number="E7",
        measure=f"make up, {which} start, to ready",
        figure=f"{seconds:.1f} s, median of {len(starts)}",
        value=seconds,
        aim=Aim(goal=20, moonshot=8, unit="s"),
    )
    return [whole, *(_step(name, starts) for name in starts[0].steps)]


def _step(name: str, starts: list[Start]) -> Line:
    seconds = statistics.median(each.steps[name] for each in starts)
    return Line(number="", measure=f"  {name}", figure=f"after {seconds:.1f} s")


def start(folder: Path) -> Start:
    """Do what `make up` does, and press Ctrl-C when it says that it is ready."""
    log = folder / "up.log"
    log.unlink(missing_ok=True)
    base = str(free_ports(9)[0])
    where = ("--data", str(folder / "data"), "--ports", base)
    command = (sys.executable, "-m", "local.up", *where)
    told = {"PYTHONPATH": PYTHON_PATH, "PYTHONUNBUFFERED": "1"}
    began = time.monotonic()
    up = Child(Program(command=command, log=log, environment=told, farewell=signal.SIGINT))
    try:
        while not READY.search(said := log.read_text()):
            assert up.is_running, said
            assert time.monotonic() - began < PATIENCE_SECONDS, said
            time.sleep(0.02)
        seconds = time.monotonic() - began
    finally:
        up.stop(patience=30)
    assert up.exit_code == 0, log.read_text()
    return Start(seconds, steps_in(said))


def steps_in(said: str) -> dict[str, float]:
    """Read by when each step was done; ports differ from start to start and are left out."""
    return {re.sub(r" on \d+", "", name): float(after) for name, after in STEP.findall(said)}
