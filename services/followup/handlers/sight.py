"""Who asks: every handler that touches a pair asks this first."""

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.pairs import Side
from followup.domain.pairs import Pair
from followup.domain.sight import Viewer, require_side, side_of
from followup.store.heard import guardians_of


async def side_in(tx: AsyncConnection, pair: Pair, viewer: Viewer, *allowed: Side) -> Side:
    """Say as whom somebody meets a pair; raise if it is nobody, or none of those allowed."""
    may_guard = pair.for_minor and viewer.person_id not in {pair.mentor_id, pair.mentee_id}
    guardians = await guardians_of(tx, pair.mentee_id) if may_guard else ()
    side = side_of(pair, viewer, guardians)
    if allowed:
        require_side(side, *allowed)
    return side
