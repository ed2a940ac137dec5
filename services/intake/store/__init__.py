"""Where intake keeps what it knows: its tables, and every query on them."""

from intake.imports import tables as import_tables
from intake.store import people_tables
from intake.store.tables import metadata

__all__ = ["import_tables", "metadata", "people_tables"]
