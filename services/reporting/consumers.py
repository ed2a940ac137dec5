"""Events in: reporting hears everything, and acts upon one kind alone."""

from common.contracts import Event
from common.contracts.generate import every_event
from common.contracts.intake.people import PersonErased
from common.events import EventRouter, Tx
from reporting import handlers

router = EventRouter("reporting", patience_seconds=0.05)


async def on_any_event(event: Event, tx: Tx) -> None:
    await handlers.keep_event(tx, event)


@router.on(PersonErased)
async def on_person_erased(event: PersonErased, tx: Tx) -> None:
    await handlers.forget_person(tx, event)


def is_heard(kind: type[Event]) -> bool:
    """Tell whether this is the word of another service, and not answered already."""
    published = kind.__module__.startswith("common.contracts.")
    return published and kind.announcer() != "reporting" and kind is not PersonErased


for kind in filter(is_heard, every_event()):
    router.projects(kind)(on_any_event)
