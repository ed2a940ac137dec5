"""Computing a run in a process of its own, so that suggestions never wait for it."""

import asyncio
import atexit
import hashlib
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock

from matching import domain
from matching.domain.computation import Result

# The connection says something at least so often, or the database takes it for forgotten.
SIGN_OF_LIFE_SECONDS = 10.0


class Unsolved(Exception):
    """The other process gave no result; the reason is a code for people to read."""


class Solver:
    """The process that computes: started for the first run, and kept for the next ones.

    It reads until its input ends, so it goes when the service does, however that went.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = Lock()

    async def solved(self, inputs: str, sign_of_life: Callable[[], Awaitable[object]]) -> Result:
        """Have a result computed from the text of its inputs."""
        working = asyncio.create_task(asyncio.to_thread(self._answer, inputs))
        try:
            while not (await asyncio.wait({working}, timeout=SIGN_OF_LIFE_SECONDS))[0]:
                await sign_of_life()
        finally:
            if not working.done():
                self.stop()
        answer = await working
        if not answer.startswith(b"{"):
            raise Unsolved(answer.decode().strip() or "failed")
        return Result.model_validate_json(answer)

    def stop(self) -> None:
        """End the process, and with it what it computes."""
        if process := self._process:
            process.kill()
            # Whoever waits for its answer gets none now, and lets us in.
            with self._turn:
                _bury(process)

    def _answer(self, inputs: str) -> bytes:
        """Hand in one line and take the one that answers it; nothing if the process died of it."""
        with self._turn:
            process = self._running()
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("started without pipes")
            with suppress(BrokenPipeError):
                process.stdin.write(inputs.encode() + b"\n")
                process.stdin.flush()
            answer = process.stdout.readline()
            if not answer:
                # It is dying: the next run needs another one.
                process.kill()
                process.wait()
            return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        if self._process is not None:
            _bury(self._process)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "matching.solve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self._process


def _bury(process: subprocess.Popen[bytes]) -> None:
    """Close the pipes of a process that is dead, and let the system forget it."""
    with suppress(BrokenPipeError), process:
        pass


# One for the service: its runs are computed one after the other.
SOLVER = Solver()
atexit.register(SOLVER.stop)


@cache
def code_version() -> str:
    """Name the rules by their own text: whoever changes a rule changes this."""
    digest = hashlib.sha256()
    for module in sorted(Path(domain.__path__[0]).glob("*.py")):
        digest.update(module.name.encode() + b"\0" + module.read_bytes())
    return digest.hexdigest()
