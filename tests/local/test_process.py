"""A child that cannot outlive us, whatever becomes of us."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from local.process import Child, Program
from tests.waiting import wait_until

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
STUBBORN = [sys.executable, "-c", DEAF]
BUSY = """
import os, threading, time
def work():
    while True:
        os.write(1, b".")
threading.Thread(target=work, daemon=True).start()
time.sleep(60)
"""
PARENT = """
import sys
from pathlib import Path
from local.process import Child, Program
child = Child(Program(command=[sys.executable, "-c", "import time; time.sleep(60)"],
                      log=Path(sys.argv[1])))
print(child.pid, flush=True)
import time; time.sleep(60)
"""


def sleeper(tmp_path, command=SLEEPER):
    return Child(Program(command=command, log=tmp_path / "log"))


def is_alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_child_dies_with_a_parent_that_was_killed(tmp_path):
    program = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(program, stdout=subprocess.PIPE, env=paths) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert is_alive(pid)

        parent.kill()

    wait_until(lambda: not is_alive(pid))


def test_a_child_outlives_the_thread_that_asked_for_it(tmp_path):
    born = []
    thread = Thread(target=lambda: born.append(sleeper(tmp_path)))
    thread.start()
    thread.join()
    [child] = born

    time.sleep(0.1)

    assert child.is_running
    child.kill()


def test_a_child_that_does_not_listen_is_killed(tmp_path):
    child = sleeper(tmp_path, STUBBORN)
    wait_until(lambda: "deaf" in (tmp_path / "log").read_text())

    child.stop(patience=0.1)

    assert child.exit_code == -signal.SIGKILL


def test_a_child_that_listens_is_not_killed(tmp_path):
    child = sleeper(tmp_path)

    child.stop()

    assert child.exit_code == -signal.SIGTERM


def test_of_a_frozen_child_no_thread_goes_on(tmp_path):
    child = sleeper(tmp_path, [sys.executable, "-c", BUSY])
    said = (tmp_path / "log").stat
    wait_until(lambda: said().st_size > 0)
    for _ in range(50):
        child.freeze()
        until_now = said().st_size
        time.sleep(0.001)
        assert said().st_size == until_now
        child.thaw()
    child.kill()


def test_a_frozen_child_can_still_be_killed(tmp_path):
    child = sleeper(tmp_path)
    child.freeze()

    child.kill()

    assert not child.is_running


@pytest.mark.parametrize("ending", ["stop", "kill", "freeze", "thaw"])
def test_what_has_ended_can_be_ended_again(tmp_path, ending):
    child = sleeper(tmp_path)
    child.kill()

    getattr(child, ending)()

    assert not child.is_running
