"""The pool of one replica in its own memory, as new as the database each time it is asked.

Each question first reads what was committed since the last one, and then costs no more than
looking through bits: a kilobyte a mentor, 0.2 to 0.4 GB for 200,000. Whoever is shown is judged as
the database has them at that moment, so that what memory says only ever decides where to look.
"""

import asyncio
import time
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncConnection

from matching.domain.candidates.ranking import rank
from matching.domain.candidates.roster import Roster
from matching.domain.people import Mentee, Terms
from matching.domain.suggestions import Suggestions, explained, with_others
from matching.store.changes import Changes, changes_since
from matching.store.mentors import READ_AT_ONCE, find_mentors, forget_facets, read_all

# Whoever was not asked for so long reads everybody anew, well before notes are forgotten.
LONGEST_SLEEP_SECONDS = 12 * 3600.0


class PoolInMemory:
    """Everybody whom matching knows, laid out in bits; one for each engine."""

    def __init__(self) -> None:
        self._roster = Roster()
        self._last: Changes | None = None
        self._looked_at = time.monotonic()
        # Changed by others while a transaction that changed them too was looking.
        self._unread: set[UUID] = set()
        # Who looks later must not write what is older: one after the other.
        self._turn = asyncio.Lock()

    def knows(self, mentor_id: UUID) -> bool:
        return mentor_id in self._roster.seat_of

    async def suggest(
        self, tx: AsyncConnection, mentee: Mentee, terms: Terms, *, limit: int
    ) -> Suggestions:
        """Rank the mentors who may be theirs, as this transaction finds them."""
        mine = await self.refresh(tx)
        among = self._roster.without(self._roster.among(terms.associations), mine)
        ranking = rank(mentee, self._roster, terms, among, limit=limit)
        found = {each.mentor_id: each for each in await find_mentors(tx, {*ranking.best, *mine})}
        ranking = with_others(mentee, ranking, [found[each] for each in mine & found.keys()], terms)
        best = [found[each] for each in ranking.best if each in found]
        return explained(mentee, ranking, best, terms, limit=limit)

    async def refresh(self, tx: AsyncConnection) -> set[UUID]:
        """Read what others committed; return whom this transaction changed, as only it sees."""
        async with self._turn:
            changes = await changes_since(tx, self._last)
            mine = {each for each in changes.mine if each}
            if self._is_too_old(changes):
                await self._read_all(tx, mine)
            else:
                await self._read(tx, {each for each in changes.others if each}, mine)
            self._last, self._looked_at = changes, time.monotonic()
        return mine

    def _is_too_old(self, changes: Changes) -> bool:
        slept = time.monotonic() - self._looked_at > LONGEST_SLEEP_SECONDS
        return self._last is None or slept or None in changes.others

    async def _read_all(self, tx: AsyncConnection, mine: set[UUID]) -> None:
        """Read everybody, and only then forget what was held before."""
        roster = Roster()
        async for some in read_all(tx):
            roster.put([each for each in some if each.mentor_id not in mine])
        self._roster, self._unread = roster, mine
        forget_facets()

    async def _read(self, tx: AsyncConnection, changed: set[UUID], mine: set[UUID]) -> None:
        """Write anew who changed, but not what a transaction sees alone: it may yet fail."""
        unread = changed | self._unread
        settled = sorted(unread - mine)
        for start in range(0, len(settled), READ_AT_ONCE):
            some = settled[start : start + READ_AT_ONCE]
            found = await find_mentors(tx, some)
            self._roster.put(found)
            if gone := set(some) - {each.mentor_id for each in found}:
                self._roster.remove(gone)
                forget_facets()
        self._unread = unread & mine


_pools: WeakKeyDictionary[Engine, PoolInMemory] = WeakKeyDictionary()


def pool_in_memory(tx: AsyncConnection) -> PoolInMemory:
    """Return the pool that belongs to the database behind a transaction."""
    return _pools.setdefault(tx.engine.sync_engine, PoolInMemory())
