"""Computing a run in a process of its own, so that suggestions never wait for it."""

import asyncio
import hashlib
import sys
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from matching import domain
from matching.domain.computation import Result

# The connection says something at least so often, or the database takes it for forgotten.
SIGN_OF_LIFE_SECONDS = 10.0
TOO_LARGE = 3


class Unsolved(Exception):
    """The other process gave no result; the reason is a code for people to read."""


async def solved(inputs: str, sign_of_life: Callable[[], Awaitable[object]]) -> Result:
    """Have a result computed from the text of its inputs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "matching.solve",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    working = asyncio.create_task(process.communicate(inputs.encode()))
    try:
        while not (await asyncio.wait({working}, timeout=SIGN_OF_LIFE_SECONDS))[0]:
            await sign_of_life()
    finally:
        if process.returncode is None:
            process.kill()
    written, _ = await working
    if process.returncode:
        raise Unsolved("too_large" if process.returncode == TOO_LARGE else "failed")
    return Result.model_validate_json(written)


@cache
def code_version() -> str:
    """Name the rules by their own text: whoever changes a rule changes this."""
    digest = hashlib.sha256()
    for module in sorted(Path(domain.__path__[0]).glob("*.py")):
        digest.update(module.name.encode() + b"\0" + module.read_bytes())
    return digest.hexdigest()
