"""Where training keeps what it knows: its tables, and every query on them."""

from training.store.tables import PROJECTIONS, metadata

__all__ = ["PROJECTIONS", "metadata"]
