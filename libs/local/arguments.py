"""What the commands of this folder may be told, and how they say what is wrong."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.platform import DEFAULT_HOME
from local.ports import SERVICES, Ports
from local.trouble import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Which platform is meant."""

    home: Path
    ports: Ports
    services: list[str]
    # Where else something is to be found or put, by the name of its option.
    places: Mapping[str, Path]


def read(description: str | None, **places: Path) -> Told:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--data",
        type=Path,
        default=DEFAULT_HOME,
        metavar="DIR",
        help="where everything is kept (.data)",
    )
    parser.add_argument(
        "--ports",
        type=int,
        metavar="BASE",
        help="nine ports from here on, the portal first; or move one: BINOME_PORTAL_PORT=…",
    )
    for name, place in places.items():
        parser.add_argument(f"--{name}", type=Path, default=place, metavar="DIR")
    parser.add_argument("services", nargs="*", type=service, help="only these (all)")
    told = parser.parse_args()
    ports = Ports.counted_from(told.ports) if told.ports else Ports.from_environment(os.environ)
    return Told(
        home=told.data,
        ports=ports,
        services=told.services,
        places={name: getattr(told, name) for name in places},
    )


def service(name: str) -> str:
    if name not in SERVICES:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(SERVICES)}")
    return name


def main_of(command: Callable[[], object]) -> None:
    """Run a command; what somebody can mend is one line and no traceback."""
    try:
        command()
    except Trouble as trouble:
        sys.exit(f"bad  {trouble}")
    except PermissionError as error:
        sys.exit(f"bad  {error.filename} is not ours; mend: chown it, or choose another --data")
