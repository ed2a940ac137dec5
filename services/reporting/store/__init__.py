"""Where reporting keeps what it heard: its tables, and every query on them."""

from reporting.store.tables import PROJECTIONS, metadata

__all__ = ["PROJECTIONS", "metadata"]
