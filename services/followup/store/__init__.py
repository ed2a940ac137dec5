"""Where followup keeps what it knows: its tables, and every query on them."""

from followup.store import tables
from followup.store.heard_tables import associations, metadata, people, programmes

__all__ = ["ANNOUNCED", "PROJECTIONS", "metadata", "tables"]

# What a rebuild empties and fills again from the stream; all else is state of followup's own.
PROJECTIONS = (associations, programmes, people)
# What others know by its version.
ANNOUNCED = (tables.pairs, tables.alerts)
