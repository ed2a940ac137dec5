"""Wait for a child to be ready, and notice at once when it will never be."""

import time
from collections.abc import Callable

from local.process import Child
from local.trouble import Trouble

PATIENCE_SECONDS = 60
LOOK_EVERY_SECONDS = 0.01


def wait_until(is_ready: Callable[[], bool], *, child: Child, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_ready() or not child.is_running:
        if not child.is_running:
            raise Trouble(f"{what} ended with {child.exit_code}", mend=f"see {child.program.log}")
        if time.monotonic() > deadline:
            raise Trouble(
                f"{what} is not ready after {PATIENCE_SECONDS} s", mend=f"see {child.program.log}"
            )
        time.sleep(LOOK_EVERY_SECONDS)
