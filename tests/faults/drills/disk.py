"""A disk whose power can be cut: what nobody synced is then gone."""

import os
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from ctypes.util import find_library
from pathlib import Path
from typing import Self

from local.platform import PYTHON_PATH, ROOT
from local.process import Child, Program
from tests.faults.drills.drill import NotRun

FUSE = Path("/dev/fuse")
LIBRARY = "fuse3"
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": os.pathsep.join((PYTHON_PATH, str(ROOT))),
    "FUSE_LIBRARY_NAME": LIBRARY,
}
PATIENCE_SECONDS = 20
LOOK_SECONDS = 0.005


class Disk:
    """A folder on a disk that forgets, for as long as the context lasts; to leave it is a cut.

    Whoever writes there must be dead before the power goes: it dies of the same cut.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._disk = folder.with_name(f"{folder.name}.disk")
        self._log = folder.with_name(f"{folder.name}.disk.log")
        self._shown: Child | None = None
        self._cuts = 0
        self._leaving = ExitStack()

    def __enter__(self) -> Self:
        refuse_without_fuse()
        self._folder.rename(self._disk)
        self._leaving.callback(self._disk.rename, self._folder)
        self._folder.mkdir()
        shutil.copystat(self._disk, self._folder)
        self._leaving.callback(self._folder.rmdir)
        try:
            self._show()
        except BaseException:
            self._leaving.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._go_dark()
        self._leaving.close()

    def cut(self) -> None:
        """Cut the power, and give it back: the disk holds what was synced, and perhaps a little."""
        self._go_dark()
        self._cuts += 1
        self._show()

    def _show(self) -> None:
        command = [sys.executable, "-m", "tests.faults.drills.forgetful"]
        self._shown = Child(
            Program(
                command=[*command, self._disk, self._folder, str(self._cuts)],
                log=self._log,
                environment=ENVIRONMENT,
                # If we die, it goes dark and leaves no mount behind.
                orphaned=signal.SIGTERM,
            )
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._folder.is_mount():
            if not self._shown.is_running or time.monotonic() > deadline:
                self._go_dark()
                raise NotRun(f"needs the right to mount FUSE: {last_words(self._log)}")
            time.sleep(LOOK_SECONDS)

    def _go_dark(self) -> None:
        if self._shown:
            self._shown.stop()


def refuse_without_fuse() -> None:
    """Say what this machine lacks; to mount may still be forbidden."""
    if not FUSE.exists():
        raise NotRun(f"needs FUSE in the kernel ({FUSE})")
    if not find_library(LIBRARY):
        raise NotRun("needs libfuse3 (Debian: apt-get install fuse3)")


def last_words(log: Path) -> str:
    return (log.read_text(errors="replace").strip().splitlines() or ["it says nothing"])[-1]
