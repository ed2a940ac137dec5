"""The cast of the portal's tests."""

from datetime import UTC, datetime
from uuid import UUID

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
ASSOCIATION = UUID("00000000-0000-7000-8000-00000000a550")
EMAIL = "camille.durand@exemple.fr"
