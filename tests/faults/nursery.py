"""Services that start in a moment: forked from one process that has loaded their code.

What then runs is `common.serve`, as in production; only its imports were done before. So a
service can be killed a thousand times in minutes.
"""

import asyncio
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn, Self

from local.platform import PYTHON_PATH, ROOT
from local.ports import SERVICES
from local.process import Child
from local.service import Service

PR_SET_PDEATHSIG = 1
SERVES = "common.serve:serve"


class Nursery:
    """The process from which services are forked; they die with it, and it with us."""

    def __init__(self, log: Path) -> None:
        self._turn = Lock()
        with log.open("ab") as told:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{PYTHON_PATH}{os.pathsep}{ROOT}"},
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def bear(self, life: str, service: str, environment: Mapping[str, str], log: Path) -> int:
        """Fork a process that lives so, `module:function`, for a service; return its number."""
        return self._ask(life=life, service=service, environment=dict(environment), log=str(log))

    def bury(self, pid: int) -> int:
        """Wait for the end of a service, and return its exit code as `subprocess` gives it."""
        return self._ask(bury=pid)

    def _ask(self, **order: Any) -> int:
        assert self._process.stdin
        assert self._process.stdout
        with self._turn:
            self._process.stdin.write(f"{json.dumps(order)}\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


class Birth:
    """What `local.process.Child` needs to know of a process: the part of Popen that it uses."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid
        self.returncode: int | None = None
        self._watch = os.pidfd_open(pid)

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._watch], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            select.select([self._watch], [], [])
            self.returncode = self._nursery.bury(self.pid)
            os.close(self._watch)
        return self.returncode


class Forked(Child):
    """A service that the nursery bore."""

    def __init__(self, nursery: Nursery, service: Service, life: str = SERVES) -> None:
        pid = nursery.bear(life, service.name, service.environment, service.log)
        born = Birth(nursery, pid)
        self._process = born  # type: ignore[assignment] # it has what is used of a Popen

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def ask_to_stop(self) -> None:
        self._send(signal.SIGTERM)

    def stop(self, patience: float = 10) -> None:
        self.ask_to_stop()
        deadline = time.monotonic() + patience
        while self.exit_code is None and time.monotonic() < deadline:
            time.sleep(0.01)
        self.kill()

    def kill(self) -> None:
        self._send(signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        return self._process.wait()

    def freeze(self) -> None:
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        if self.exit_code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


@dataclass(slots=True, kw_only=True)
class Newborn(Service):
    """A service of a platform, started by the nursery."""

    nursery: Nursery

    def launch(self) -> None:
        self._child = Forked(self.nursery, self)

    def perform(self, life: str, environment: dict[str, str]) -> int:
        """Run a command beside the service, and return its exit code."""
        beside = replace(self, environment=environment, _child=None)
        return Forked(self.nursery, beside, life).wait()


def main() -> None:
    """Load everything, then fork and bury as told, one line of JSON at a time."""
    die_with_parent()
    for loaded in ("common.serve", "common.rebuild", *(f"{name}.app" for name in SERVICES)):
        import_module(loaded)
    for line in sys.stdin:
        order = json.loads(line)
        if pid := order.get("bury"):
            answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        else:
            answer = os.fork() or live(order)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def live(order: dict[str, Any]) -> NoReturn:
    """Become the service: its environment, its log, and nothing of ours."""
    die_with_parent()
    with Path(order["log"]).open("ab") as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.clear()
    os.environ.update(order["environment"])
    code = 1
    try:
        code = run(order["life"], order["service"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run(life: str, service: str) -> int:
    module, _, function = life.partition(":")
    try:
        asyncio.run(getattr(import_module(module), function)(service))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except Exception:  # noqa: BLE001 -- the last to see it
        traceback.print_exc()
        return 1
    return 0


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
