"""Where followup keeps what it knows: its tables, and every query on them."""

from followup.store import tables
from followup.store.heard_tables import metadata

__all__ = ["metadata", "tables"]
