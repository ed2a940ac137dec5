"""Where training keeps what it knows: its tables, and every query on them."""

from training.store import tables
from training.store.tables import PROJECTIONS, metadata

__all__ = ["ANNOUNCED", "PROJECTIONS", "metadata"]

# What others know by its version.
ANNOUNCED = (tables.sessions, tables.sign_ups)
