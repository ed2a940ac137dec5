"""Where the portal keeps what it knows: its tables, and every query on them."""

from portal.store.tables import PROJECTIONS, metadata

__all__ = ["PROJECTIONS", "metadata"]
