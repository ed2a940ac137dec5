"""From a dataclass to a row: field by field, as they are."""

from typing import Any, ClassVar, Protocol


class Kept(Protocol):
    """A dataclass with slots, whose fields are named like the columns of its table."""

    __slots__: ClassVar[Any]


def row_of(kept: Kept) -> dict[str, Any]:
    """Write a row out; unlike `asdict`, it copies nothing that lies deeper."""
    return {name: getattr(kept, name) for name in kept.__slots__}
