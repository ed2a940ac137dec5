"""Where matching keeps what it knows: its tables, and every query on them."""

from matching.store import run_tables, tables
from matching.store.changes import pool_changes
from matching.store.tables import PROJECTIONS, metadata

__all__ = ["ANNOUNCED", "PASSING", "PROJECTIONS", "metadata"]

# What others know by its version.
ANNOUNCED = (tables.proposals, tables.searches, run_tables.runs)
# What only replicas that run ask for, in the transaction numbers of this server: never backed up.
PASSING = (pool_changes,)
