"""The words that people choose from, as intake has them, remembered for a while."""

import time

from portal.neighbours import NeighbourAway, Neighbours, NeighbourSaidNo, Voice
from portal.words import Labels

REMEMBERED_SECONDS = 300.0
# When intake does not answer, pages show codes for so long before it is asked again.
TRIED_AGAIN_SECONDS = 10.0


class Vocabularies:
    """Labels by list, code and language."""

    def __init__(self) -> None:
        self._labels: Labels = {}
        self._until = 0.0

    async def read(self, neighbours: Neighbours) -> Labels:
        if time.monotonic() >= self._until:
            await self._read_again(neighbours)
        return self._labels

    async def _read_again(self, neighbours: Neighbours) -> None:
        # Others meanwhile take what there is, instead of asking the same.
        self._until = time.monotonic() + TRIED_AGAIN_SECONDS
        try:
            lists = await neighbours.get("intake", "/vocabularies", Voice(language="fr"))
        except (NeighbourAway, NeighbourSaidNo):
            return
        self._labels = {
            name: {word["code"]: {"fr": word["fr"], "en": word["en"]} for word in words}
            for name, words in lists.items()
        }
        self._until = time.monotonic() + REMEMBERED_SECONDS
