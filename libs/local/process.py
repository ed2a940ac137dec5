"""Run a program as a child that cannot outlive us, whatever becomes of us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from pwd import struct_passwd

PR_SET_PDEATHSIG = 1

# Linux ends a child when the *thread* that started it ends; this one lives as long as we do.
_nursery = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nursery")
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, as whom, and how it is asked to leave."""

    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: struct_passwd | None = None
    farewell: signal.Signals = signal.SIGTERM
    # What it gets if we die: nobody would be left to insist.
    orphaned: signal.Signals = signal.SIGKILL
    inherited: Sequence[int] = ()
    directory: Path = Path("/")


class Child:
    """A running program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process = _nursery.submit(_start, program).result()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    @property
    def is_running(self) -> bool:
        return self.exit_code is None

    def ask_to_stop(self) -> None:
        self._signal(self.program.farewell)

    def stop(self, patience: float = 10) -> None:
        """Ask politely, then insist; nobody of the family is left afterwards."""
        self.ask_to_stop()
        deadline = time.monotonic() + patience
        while not self._has_ended() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the whole family."""
        self._signal(signal.SIGKILL)
        if self._process.returncode is None:
            # Before the last word is heard: afterwards its number may be somebody else's.
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def _has_ended(self) -> bool:
        """Look whether it has ended, and leave its last word to be heard later."""
        if self._process.returncode is not None:
            return True
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pid, look) is not None

    def freeze(self) -> None:
        """Stop all its threads: when this returns, none of them answers any more."""
        self._signal(signal.SIGSTOP)
        # One thread has to wake up to be told; until then the others go on.
        while self._process.returncode is None and not self._stands_still():
            time.sleep(0.001)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _stands_still(self) -> bool:
        family = (self.pid, *children_of(self.pid))
        threads = [stat for pid in family for stat in Path(f"/proc/{pid}/task").glob("*/stat")]
        return not any(map(_may_run, threads))

    def _signal(self, number: signal.Signals) -> None:
        """Tell the program itself, and for what it cannot refuse its children too."""
        if self._process.returncode is not None:
            return
        refusable = number == self.program.farewell
        # The children of PostgreSQL lead groups of their own: the group alone is not enough.
        for pid in (self.pid,) if refusable else (self.pid, *children_of(self.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def children_of(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _may_run(stat: Path) -> bool:
    """Say whether this thread is neither stopped nor ended."""
    try:
        state = stat.read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"T", "t", "X", "Z"}


def _start(program: Program) -> subprocess.Popen[bytes]:
    account = program.account
    with program.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 -- our own programs, no shell
            [str(part) for part in program.command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(program.environment),
            cwd=program.directory,
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=[] if account else None,
            process_group=0,
            pass_fds=program.inherited,
            preexec_fn=_tie_to_parent(os.getpid(), program.orphaned),  # noqa: PLW1509 -- one syscall, bound before the fork
        )


def _tie_to_parent(parent: int, orphaned: signal.Signals) -> Callable[[], None] | None:
    return partial(_leave_with, parent, orphaned, _libc.prctl) if _libc else None


def _leave_with(parent: int, orphaned: int, prctl: Callable[[int, int], int]) -> None:
    prctl(PR_SET_PDEATHSIG, orphaned)
    if os.getppid() != parent:  # it died before we could ask
        os._exit(1)
