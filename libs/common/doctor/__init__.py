"""What is well around one service, what is not, and what mends it.

It asks with the rights of the service itself and by its settings, wherever that runs: on this
machine, in a container, in a pod. It changes nothing.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine

from common.broker import Connection
from common.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; without a mend it is well."""

    what: str
    mend: str | None = None

    def __str__(self) -> str:
        return f"bad  {self.what}; mend: {self.mend}" if self.mend else f"ok   {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A service, and what it reaches with its own rights."""

    service: str
    settings: Settings
    # The key encryption keys, if it is given any.
    keys: str | None
    engine: AsyncEngine
    connection: Connection
    # What NATS tells about itself.
    nats: Mapping[str, Any]


Look: TypeAlias = Callable[[Patient], AsyncIterator[Finding]]
