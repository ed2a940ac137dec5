"""Having runs computed in a process of its own, so that no answer to people waits for them."""

import asyncio
import os
import sys
from contextlib import suppress
from datetime import datetime

DONE = b"1\n"


class Died(Exception):
    """The process that computes ended in the middle of a piece."""


class Computer:
    """The process that computes: started for the first piece, and kept for the next ones.

    It reads until its input ends, and Linux ends it with us, however that goes.
    """

    def __init__(self, instance: str) -> None:
        self._instance = instance
        self._process: asyncio.subprocess.Process | None = None

    async def piece(self, now: datetime) -> bool:
        """Have one piece done, and hear whether there was one to take."""
        process = await self._running()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("started without pipes")
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(f"{now.isoformat()}\n".encode())
                await process.stdin.drain()
            answer = await process.stdout.readline()
        except BaseException:
            # Whoever does not wait for the answer would take it for that to the next question.
            await self.stop()
            raise
        if not answer:
            await self.stop()
            raise Died
        return answer == DONE

    async def stop(self) -> None:
        """End the process, and with it what it computes: the database takes it back."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "matching.solve",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "INSTANCE": self._instance},
            )
        return self._process
