"""Codes as bits: a row of seats for each code, or a mask of codes for each seat."""

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.domain.candidates import writing
from matching.domain.candidates.compiled import WORD, Ints, Words

Key: TypeAlias = tuple[str, object]

FEW_ROWS = 64
WHOLE_WORD = (1 << WORD) - 1


class Rows:
    """For each code that a rule asks for, a bit for every seat whose mentor has it."""

    def __init__(self, seats: int) -> None:
        self.bits: Words = np.zeros((FEW_ROWS, words_for(seats)), dtype=np.uint64)
        self._row_of: dict[Key, int] = {}

    def take_room(self, seats: int) -> None:
        self.bits = longer(self.bits, words_for(seats), axis=1)

    def find(self, name: str, codes: Collection[object]) -> tuple[int, ...]:
        """Find the rows of codes; what no mentor ever had has none."""
        found = (self._row_of.get((name, code)) for code in codes)
        return tuple(row for row in found if row is not None)

    def row(self, name: str, code: object = None) -> int:
        """Find the row of a code, or begin one."""
        row = self._row_of.setdefault((name, code), len(self._row_of))
        self.bits = longer(self.bits, row + 1)
        return row

    def write(self, seats: Sequence[int], rows: Sequence[Sequence[int]]) -> None:
        """Give each seat the codes of these rows, and no other."""
        bounds = np.cumsum([0, *map(len, rows)])
        flat = np.array([row for each in rows for row in each], dtype=np.int64)
        writing.write_rows(self.bits, np.array(seats, dtype=np.int64), bounds, flat)


class Masks:
    """For each seat, the codes of one list as bits: what two people share is then one `and`."""

    def __init__(self, seats: int) -> None:
        self.words: Words = np.zeros((seats, 1), dtype=np.uint64)
        self.counts: Ints = np.zeros(seats, dtype=np.int64)
        self._bit_of: dict[str, int] = {}

    def take_room(self, seats: int) -> None:
        self.words, self.counts = longer(self.words, seats), longer(self.counts, seats)

    def find(self, codes: Collection[str]) -> int:
        """Write codes as one number; what no mentor ever gave is shared with nobody."""
        bits = (self._bit_of.get(code) for code in set(codes))
        return sum(1 << bit for bit in bits if bit is not None)

    def write(self, seats: Sequence[int], lists: Sequence[Collection[str]]) -> None:
        """Give each seat the codes of a list; a code that is repeated counts once."""
        masks = [self._learn(each) for each in lists]
        self.words = longer(self.words, words_for(len(self._bit_of)), axis=1)
        self.words[seats] = in_words(masks, self.words.shape[1])
        self.counts[seats] = [mask.bit_count() for mask in masks]

    def _learn(self, codes: Collection[str]) -> int:
        mask = 0
        for code in codes:
            mask |= 1 << self._bit_of.setdefault(code, len(self._bit_of))
        return mask


def words_for(bits: int) -> int:
    return -(-bits // WORD)


def in_words(masks: Sequence[int], width: int) -> Words:
    """Cut numbers of any size into words, the lowest first."""
    columns = [[mask >> WORD * place & WHOLE_WORD for mask in masks] for place in range(width)]
    return np.array(columns, dtype=np.uint64).T.copy()


def longer(kept: NDArray[Any], length: int, axis: int = 0, fill: int = 0) -> NDArray[Any]:
    """Make room for more, and at least twice as much, so that it is seldom asked for."""
    held = kept.shape[axis]
    if length <= held:
        return kept
    shape = list(kept.shape)
    shape[axis] = max(length, 2 * held) - held
    return np.concatenate((kept, np.full(shape, fill, dtype=kept.dtype)), axis=axis)
