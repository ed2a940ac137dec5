"""A process dies where and when it was told to, in local mode only."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from common.crash import BOMB, POINTS, Bomb, crash_point

ROOT = Path(__file__).parents[2]
CODE = """
import sys
from common.crash import BOMB, crash_point
BOMB.arm(sys.argv[1])
for _ in range(5):
    crash_point("relay.selected")
    crash_point("relay.published")
    print("alive", flush=True)
"""


def run(crash_at):
    return subprocess.run(
        [sys.executable, "-c", CODE, crash_at],
        env={"PYTHONPATH": f"{ROOT}/services:{ROOT}/libs"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("crash_at", "times"), [("relay.published", 0), ("relay.published:3", 2)])
def test_it_dies_at_the_point_and_the_time(crash_at, times):
    done = run(crash_at)

    assert done.returncode == -signal.SIGKILL
    assert done.stdout == "alive\n" * times


def test_another_point_is_passed_alive():
    assert run("events.handled").returncode == 0


@pytest.mark.parametrize(
    "typo", ["relay.publishd", "", ":", "relay.published:0", "relay.published:x"]
)
def test_a_typo_is_refused(typo):
    with pytest.raises(ValueError, match="CRASH_AT"):
        Bomb().arm(typo)


def test_every_point_in_the_code_is_known():
    used = {
        line.split('crash_point("')[1].split('"')[0]
        for file in (ROOT / "libs").rglob("*.py")
        for line in file.read_text().splitlines()
        if 'crash_point("' in line and "`" not in line and "def " not in line
    }

    assert used <= POINTS


def test_unarmed_it_does_nothing():
    assert BOMB.point is None
    for point in POINTS:
        crash_point(point)
