"""A file system that forgets, when its power is cut, what nobody synced: for drills alone.

`python -m tests.faults.drills.forgetful DISK FOLDER [SEED]` shows DISK at FOLDER; SIGTERM is the
power cut. Needs FUSE: /dev/fuse and libfuse3 (Debian: fuse3).
"""

import os
import random
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mfusepy import FUSE, fuse_get_context

from tests.faults.drills.unsynced import Unsynced

SYNCED_AT_ONCE = os.O_DSYNC | os.O_SYNC
# What libfuse returns then.
ENDED_BY_SIGNAL = 8
KNOWN = (
    *("st_mode", "st_ino", "st_nlink", "st_uid", "st_gid", "st_size", "st_blocks", "st_blksize"),
    *("st_atime_ns", "st_mtime_ns", "st_ctime_ns"),
)


class Forgetful:
    """The operations of FUSE, passed on to the disk; what changes it can be undone until synced."""

    use_ns = True
    # A file that was removed is still known to who has it open: by its number, without a path.
    flag_nopath = flag_nullpath_ok = True

    def __init__(self, disk: Path, unsynced: Unsynced) -> None:
        self._disk = disk
        self._unsynced = unsynced
        self._synced_at_once: set[int] = set()

    def _path(self, path: str) -> Path:
        return self._disk / path.lstrip("/")

    def getattr(self, path: str | None, fh: int | None = None) -> dict[str, Any]:
        found = os.fstat(fh) if path is None and fh is not None else self._path(path or "").lstat()
        return {name.removesuffix("_ns"): getattr(found, name) for name in KNOWN}

    def readdir(self, path: str, fh: int) -> Iterator[str]:
        del path
        yield from (".", "..", *os.listdir(fh))

    def opendir(self, path: str) -> int:
        return os.open(self._path(path), os.O_RDONLY | os.O_DIRECTORY)

    def releasedir(self, path: str, fh: int) -> int:
        del path
        os.close(fh)
        return 0

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        file = os.open(self._path(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        self._unsynced.created(self._path(path))
        give_to_caller(self._path(path))
        return self._opened(file, fi)

    def open(self, path: str, flags: int) -> int:
        # The kernel has looked at the rights; and what is overwritten must be read before.
        file = self._opened(os.open(self._path(path), os.O_RDWR), flags)
        if flags & os.O_TRUNC:
            self._unsynced.cut(file, 0)
        return file

    def _opened(self, file: int, flags: int) -> int:
        if flags & SYNCED_AT_ONCE:
            self._synced_at_once.add(file)
        return file

    def release(self, path: str, fh: int) -> int:
        del path
        self._synced_at_once.discard(fh)
        os.close(fh)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        del path
        return os.pread(fh, size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        del path
        written = self._unsynced.write(fh, data, offset)
        if fh in self._synced_at_once:
            self._unsynced.sync(fh)
        return written

    def truncate(self, path: str | None, length: int, fh: int | None = None) -> int:
        file = self.open(path or "", 0) if fh is None else fh
        self._unsynced.cut(file, length)
        if fh is None:
            os.close(file)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        del path, datasync
        self._unsynced.sync(fh)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        del path, datasync, fh
        self._unsynced.sync_names()
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        self._unsynced.mkdir(self._path(path), mode)
        give_to_caller(self._path(path))
        return 0

    def unlink(self, path: str) -> int:
        self._unsynced.remove(self._path(path))
        return 0

    def rmdir(self, path: str) -> int:
        if any(self._path(path).iterdir()):
            self._path(path).rmdir()
        self._unsynced.remove(self._path(path))
        return 0

    def rename(self, old: str, new: str) -> int:
        self._unsynced.rename(self._path(old), self._path(new))
        return 0

    def chmod(self, path: str | None, mode: int) -> int:
        if path is not None:
            self._path(path).chmod(mode)
        return 0

    def chown(self, path: str | None, uid: int, gid: int) -> int:
        if path is not None:
            os.chown(self._path(path), uid, gid)
        return 0

    def utimens(self, path: str | None, times: tuple[int, int]) -> int:
        if path is not None:
            os.utime(self._path(path), ns=times)
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        found = os.statvfs(self._path(path))
        return {name: getattr(found, name) for name in dir(found) if name.startswith("f_")}


def give_to_caller(path: Path) -> None:
    """Let what was made belong to who asked for it: PostgreSQL is never root."""
    user, group, _ = fuse_get_context()
    os.chown(path, user, group)


class Mount(FUSE):
    """Hand on by which number an open file is cut, which mfusepy keeps to itself with libfuse3."""

    def truncate_fuse_3(self, path: bytes | None, length: int, opened: Any) -> int:
        return int(self.ftruncate(path, length, opened))


def main(disk: Path, folder: Path, seed: str = "1") -> None:
    """Show the disk until SIGTERM, then forget."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(dir=disk.parent) as attic:
        unsynced = Unsynced(Path(attic))
        try:
            show(Forgetful(disk, unsynced), folder)
        except RuntimeError as end:
            if end.args != (ENDED_BY_SIGNAL,):
                raise
        unsynced.forget(random.Random(seed))


def show(disk: Forgetful, folder: Path) -> None:
    # One thread: what is done and what would undo it are then noted in one order.
    Mount(
        disk,
        str(folder),
        foreground=True,
        nothreads=True,
        allow_other=os.geteuid() == 0,
        default_permissions=True,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
