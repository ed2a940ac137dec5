"""Where intake keeps what it knows: its tables, and every query on them."""

from intake.store import people_tables
from intake.store.tables import metadata

__all__ = ["metadata", "people_tables"]
