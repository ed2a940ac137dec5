"""Waiting for what will come, and having others at work meanwhile: neither lasts for ever."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from inspect import isawaitable
from typing import Any

# A machine may be ten times slower than one's own; only what never comes costs so much.
PATIENCE_SECONDS = 90.0
MOMENT_SECONDS = 0.02


async def eventually(look: Callable[[], Any], *, within: float = PATIENCE_SECONDS) -> Any:
    """Look again, at once or with `await`, until there is something to see; return it."""
    async with asyncio.timeout(within):
        while True:
            seen = look()
            found = await seen if isawaitable(seen) else seen
            if found:
                return found
            await asyncio.sleep(MOMENT_SECONDS)


def wait_until(true: Callable[[], bool]) -> None:
    """Look again until it is true, where nobody else needs the thread."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(MOMENT_SECONDS)


@asynccontextmanager
async def beside(*works: Coroutine[Any, Any, object]) -> AsyncIterator[list[asyncio.Task[object]]]:
    """Let work go on for the length of a block, however the block ends."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
