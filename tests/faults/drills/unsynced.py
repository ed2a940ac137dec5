"""What is not yet on the disk: everything that a power cut would undo, and how.

The model is that of a journaling file system such as ext4 or XFS, without its mercies:

- What was written to a file since its last fsync may be gone. Of each file a beginning of these
  writes survives, often none, and the first one that is lost may be torn at a sector; files know
  nothing of one another, so a later write may survive an earlier one to another file.
- Names (creations, renames, removals) are kept in one journal: they are lost from the end, and
  any fsync, of a file or of a folder, keeps all that went before.
- An fsync that was answered holds. A disk that lies is another drill.

After LazyFS ("When Amnesia Strikes", PVLDB 17(11), 2024: lost and torn writes) and ALICE ("All
File Systems Are Not Created Equal", OSDI 2014: what file systems promise of order and of names).
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

SECTOR = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a file held where it was then written to, or cut."""

    offset: int
    held: bytes
    size: int
    written: int = 0

    def undo(self, file: int, *, survives: int = 0) -> None:
        """Put back what was there, but for the first bytes that made it to the disk."""
        os.pwrite(file, self.held[survives:], self.offset + survives)
        os.ftruncate(file, max(self.size, self.offset + survives if survives else 0))


@dataclass(slots=True)
class Contents:
    """The changes of one file, in order; held open, so that it is found under any name."""

    file: int
    changes: list[Change] = field(default_factory=list)

    def forget(self, chance: random.Random) -> None:
        kept = chance.choice((0, chance.randint(0, len(self.changes))))
        lost = self.changes[kept:]
        for change in reversed(lost[1:]):
            change.undo(self.file)
        if lost:
            sectors = chance.randint(0, lost[0].written // SECTOR) if kept else 0
            lost[0].undo(self.file, survives=sectors * SECTOR)


@dataclass(frozen=True, slots=True)
class Naming:
    """A change of names: how to undo it, and what to throw away once it is kept."""

    undo: Callable[[], object]
    refuse: Path | None = None


class Unsynced:
    """What was done to a folder, and is not on the disk; what is removed waits in the attic."""

    def __init__(self, attic: Path) -> None:
        self._attic = attic
        self._number = count(1)
        self._contents: dict[int, Contents] = {}
        self._names: list[Naming] = []

    def write(self, file: int, data: bytes, offset: int) -> int:
        held = os.pread(file, len(data), offset)
        self._note(file, Change(offset=offset, held=held, size=size_of(file), written=len(data)))
        return os.pwrite(file, data, offset)

    def cut(self, file: int, length: int) -> None:
        size = size_of(file)
        held = os.pread(file, max(0, size - length), length)
        self._note(file, Change(offset=length, held=held, size=size))
        os.ftruncate(file, length)

    def created(self, path: Path) -> None:
        self._names.append(Naming(path.unlink))

    def mkdir(self, path: Path, mode: int) -> None:
        path.mkdir(mode)
        self._names.append(Naming(path.rmdir))

    def remove(self, path: Path) -> None:
        """Take a file or a folder away, for as long as it may have to come back."""
        aside = self._attic / str(next(self._number))
        path.rename(aside)
        self._names.append(Naming(lambda: aside.rename(path), refuse=aside))

    def rename(self, old: Path, new: Path) -> None:
        if new.exists():
            self.remove(new)
        old.rename(new)
        self._names.append(Naming(lambda: new.rename(old)))

    def sync(self, file: int) -> None:
        """Keep what a file holds, and all names."""
        if contents := self._contents.pop(inode_of(file), None):
            os.close(contents.file)
        self.sync_names()

    def sync_names(self) -> None:
        self._keep(len(self._names))

    def forget(self, chance: random.Random) -> None:
        """Pull the plug."""
        for contents in self._contents.values():
            contents.forget(chance)
            os.close(contents.file)
        self._contents.clear()
        self._keep(chance.choice((0, chance.randint(0, len(self._names)))))
        while self._names:
            self._names.pop().undo()

    def _note(self, file: int, change: Change) -> None:
        inode = inode_of(file)
        if inode not in self._contents:
            self._contents[inode] = Contents(os.open(f"/proc/self/fd/{file}", os.O_RDWR))
        self._contents[inode].changes.append(change)

    def _keep(self, number: int) -> None:
        for naming in self._names[:number]:
            if naming.refuse:
                throw_away(naming.refuse)
        del self._names[:number]


def inode_of(file: int) -> int:
    return os.fstat(file).st_ino


def size_of(file: int) -> int:
    return os.fstat(file).st_size


def throw_away(path: Path) -> None:
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink()
