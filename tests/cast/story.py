"""A story of which the ids are known, so that any fact of it is told by what is new in it."""

from datetime import datetime
from typing import Any, TypeVar

from common.contracts import Event

Told = TypeVar("Told", bound=Event)


class Story:
    """Who and what it is about; `tell` fills in what a fact asks of them."""

    def __init__(self, at: datetime, **known: Any) -> None:
        self.known = {"occurred_at": at, "version": 1} | known

    def tell(self, kind: type[Told], /, **said: Any) -> Told:
        unknown = said.keys() - kind.model_fields.keys()
        assert not unknown, f"{kind.__name__} does not say {unknown}"
        known = {name: self.known[name] for name in kind.model_fields if name in self.known}
        return kind(**known | said)
