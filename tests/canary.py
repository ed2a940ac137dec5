"""The canary: a word that people write everywhere, and that must be found nowhere in clear."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from local.platform import Platform
from tests.e2e.rows import files_with

# In every text of the canaries, and in nothing else.
SONG = "zwqcanari"


def search(platform: Platform, *texts: str) -> Iterator[tuple[Path, bytes]]:
    """Look for texts as they are and in capitals, in everything that the platform wrote."""
    signs = {each.encode() for text in texts for each in (text, text.upper(), text.capitalize())}
    return files_with(signs, platform.home)


async def checkpoint(platform: Platform) -> None:
    """Let PostgreSQL write down what it holds in memory."""
    await asyncio.to_thread(platform.postgres.query, "checkpoint")
