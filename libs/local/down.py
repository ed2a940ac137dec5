"""`make down`: stop a platform that runs in the background, and wait until it is gone."""

import os
import signal
import sys
import time
from pathlib import Path

from local.arguments import main_of, read
from local.lock import holder
from local.platform import LOCK
from local.trouble import Trouble

PATIENCE_SECONDS = 60


def down() -> None:
    home = read(__doc__).home
    pid = holder(home / LOCK)
    if pid is None:
        sys.stdout.write(f"ok   nothing runs on {home}\n")
        return
    os.kill(pid, signal.SIGTERM)
    wait_until_gone(home / LOCK, pid)
    sys.stdout.write("ok   stopped; what was done is kept\n")


def wait_until_gone(lock: Path, pid: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while holder(lock) == pid:
        if time.monotonic() > deadline:
            raise Trouble(f"process {pid} does not stop", mend=f"kill -9 {pid}")
        time.sleep(0.1)


if __name__ == "__main__":
    main_of(down)
