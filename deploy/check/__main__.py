"""Render each overlay and hold it against every rule: `python -m deploy.check`."""

import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

from deploy.check import broker, doors, network, schemas, shape, told
from deploy.check.rendering import HERE, OVERLAYS, NotRendered, Rendered, render

Rule: TypeAlias = Callable[[Rendered], Iterator[str]]

RULES: tuple[Rule, ...] = (
    schemas.rule,
    shape.probes,
    shape.limits,
    shape.rights,
    shape.spread,
    shape.images,
    network.selected,
    network.ways,
    told.rule,
    told.references,
    broker.configured,
    broker.accepted,
    broker.scaled,
    doors.services,
    doors.ingress,
    doors.public_name,
)


def complaints(rendered: Rendered) -> list[str]:
    """List what is wrong; the rules of our own read only what has its shape."""
    return list(schemas.rule(rendered)) or [wrong for rule in RULES for wrong in rule(rendered)]


def main() -> int:
    wrong = []
    for overlay in OVERLAYS:
        try:
            found = complaints(render(HERE / "overlays" / overlay))
        except NotRendered as error:
            found = [str(error)]
        wrong += [f"deploy/k8s/overlays/{overlay}: {each}\n" for each in found]
    sys.stderr.writelines(wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
