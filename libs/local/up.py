"""`make up`: the whole platform on this machine, until Ctrl-C."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from local.arguments import main_of, read
from local.environment import FIRST_ADMIN_EMAIL
from local.platform import Platform, last_line
from local.ports import SERVICES

LOOK_EVERY_SECONDS = 0.5


class Screen:
    """What the person who typed `make up` sees: each step as it is done, and what it took."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()

    def starting(self) -> Status:
        return self._console.status("starting")

    def say(self, step: str) -> None:
        seconds = time.monotonic() - self._began
        self._console.print(
            f"[green]ok[/]   {escape(step)} [dim]({seconds:.1f} s)[/]", soft_wrap=True
        )

    def complain(self, what: str, mend: str) -> None:
        self._console.print(f"[red]bad[/]  {escape(what)}; mend: {escape(mend)}", soft_wrap=True)

    def welcome(self, platform: Platform) -> None:
        seconds = time.monotonic() - self._began
        lines = [
            "",
            f"Binôme is ready after {seconds:.1f} s: {platform.url('portal')}",
            "",
            *(f"  {name:<10} {service.url}" for name, service in platform.services.items()),
            "",
            *sign_ins(platform),
            "",
            f"Logs are in {platform.logs}. Ctrl-C stops everything; what was done is kept.",
        ]
        self._console.print("\n".join(map(escape, lines)), soft_wrap=True)


def sign_ins(platform: Platform) -> list[str]:
    """Tell how to get in: the first administrator, and those that the demo makes."""
    return [
        f"  sign in as {FIRST_ADMIN_EMAIL}: the code comes by mail, to",
        f"  {platform.url('portal')}/outbox",
        "  `make demo` fills the platform with a year of a collective, and names its people.",
    ]


def up() -> None:
    told = read(__doc__)
    screen = Screen(Console(highlight=False))
    platform = Platform(told.home, told.ports, names=told.services or SERVICES)
    with stopped_by_signals(), leaving(platform, screen):
        with screen.starting():
            platform.start(screen.say)
        if "matching" in platform.services:
            platform.compile_ahead()
        screen.welcome(platform)
        watch(platform, screen)


def watch(platform: Platform, screen: Screen) -> None:
    """Say it once, in one line, when somebody dies; the others go on."""
    mourned: set[str] = set()
    while True:
        time.sleep(LOOK_EVERY_SECONDS)
        dead = platform.dead()
        for name in dead.keys() - mourned:
            said = last_line(dead[name])[:200]
            screen.complain(f"{name} died: {said}", f"see {dead[name]}, then `make up` again")
        mourned = set(dead)


@contextmanager
def leaving(platform: Platform, screen: Screen) -> Iterator[None]:
    """Stop everything, however we leave; a second Ctrl-C does not leave half of it behind."""
    try:
        yield
    except KeyboardInterrupt:
        screen.say("asked to stop")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        platform.stop()
        screen.say("everything is stopped; what was done is kept")


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Treat SIGTERM, and a terminal that was closed, as Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    yield


def interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main_of(up)
