"""Where matching keeps what it knows: its tables, and every query on them."""

from matching.store.changes import pool_changes
from matching.store.tables import PROJECTIONS, metadata

__all__ = ["PROJECTIONS", "metadata", "pool_changes"]
