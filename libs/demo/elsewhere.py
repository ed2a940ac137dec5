"""Live the year on a platform that runs elsewhere in local mode: `python -m demo.elsewhere`.

INTAKE_URL … PORTAL_URL say where its services are; TOKEN_SIGNING_KEY lets everybody in.
"""

import argparse

import uvloop
from rich.console import Console

from common.settings import setting
from demo.play import Script, play
from demo.screen import Passing, show
from local.arguments import main_of
from local.ports import SERVICES


def read() -> Script:
    parser = argparse.ArgumentParser(prog="demo.elsewhere", description=__doc__)
    parser.add_argument("--seed", type=int, default=2026, help="same seed, same figures (2026)")
    parser.add_argument("--scale", type=float, default=1.0, help="0.1 is a tenth of the people (1)")
    return Script(**vars(parser.parse_args()))


def addresses() -> dict[str, str]:
    return {name: setting(f"{name.upper()}_URL").rstrip("/") for name in SERVICES}


def demo() -> None:
    script = read()
    console = Console(highlight=False)
    with Passing(console) as passing:
        life = play(script, addresses(), setting("TOKEN_SIGNING_KEY"), passing.tell)
        lived = uvloop.run(life)
    show(console, lived)


if __name__ == "__main__":
    main_of(demo)
