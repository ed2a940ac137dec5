"""Hold overlays against every rule, ours if none is named: `python -m deploy.check [FOLDER …]`."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from deploy.check import backups, broker, doors, network, schemas, shape, told, watched
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
    network.leaving,
    told.rule,
    told.references,
    broker.configured,
    broker.accepted,
    broker.scaled,
    doors.services,
    doors.ingress,
    doors.machines,
    doors.public_name,
    watched.monitors,
    watched.alerts,
    backups.rule,
)


def complaints(rendered: Rendered) -> list[str]:
    """List what is wrong; the rules of our own read only what has its shape."""
    return list(schemas.rule(rendered)) or [wrong for rule in RULES for wrong in rule(rendered)]


def main(arguments: list[str]) -> int:
    wrong = []
    for folder in map(Path, arguments or [str(HERE / "overlays" / name) for name in OVERLAYS]):
        try:
            found = complaints(render(folder))
        except NotRendered as error:
            found = [str(error)]
        wrong += [f"{folder.name}: {each}\n" for each in found]
    sys.stderr.writelines(wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
