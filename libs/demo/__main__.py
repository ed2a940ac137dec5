"""`make demo`: a collective of six associations lives a school year through the public APIs.

In a platform that runs already (`make up` in another terminal), or in one that starts here, is
filled, and runs on until Ctrl-C.
"""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop
from rich.console import Console

from demo.play import Lived, Script, play
from demo.screen import Passing, show
from local.arguments import main_of
from local.lock import holder
from local.platform import DEFAULT_HOME, LOCK, Platform
from local.ports import SERVICES, Ports
from local.up import Screen, leaving, stopped_by_signals, watch


def read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--seed", type=int, default=2026, help="same seed, same figures (2026)")
    parser.add_argument("--scale", type=float, default=1.0, help="0.1 is a tenth of the people (1)")
    parser.add_argument("--data", type=Path, default=DEFAULT_HOME, metavar="DIR", help="(.data)")
    parser.add_argument("--ports", type=int, metavar="BASE", help="nine ports from here on")
    parser.add_argument("--leave", action="store_true", help="stop when the year is over")
    return parser.parse_args()


def demo() -> None:
    told = read()
    console = Console(highlight=False)
    script = Script(seed=told.seed, scale=told.scale)
    if holder(told.data / LOCK) is not None:
        show(console, live(console, Platform.found_in(told.data.absolute()), script))
        return
    ports = Ports.counted_from(told.ports) if told.ports else Ports.from_environment(os.environ)
    with started(console, Platform(told.data, ports)) as (platform, screen):
        show(console, live(console, platform, script))
        console.print(f"Look at it: {platform.url('portal')} Ctrl-C stops everything.")
        if not told.leave:
            watch(platform, screen)


@contextmanager
def started(console: Console, platform: Platform) -> Iterator[tuple[Platform, Screen]]:
    screen = Screen(console)
    with stopped_by_signals(), leaving(platform, screen):
        with screen.starting():
            platform.start(screen.say)
        platform.compile_ahead()
        yield platform, screen


def live(console: Console, platform: Platform, script: Script) -> Lived:
    urls = {name: platform.url(name) for name in SERVICES}
    with Passing(console) as passing:
        return uvloop.run(play(script, urls, platform.secrets.token_signing_key, passing.tell))


if __name__ == "__main__":
    main_of(demo)
