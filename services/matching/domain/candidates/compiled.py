"""Turning plain functions over arrays into machine code, once, and keeping it between starts."""

from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

Bools: TypeAlias = NDArray[np.bool_]
Words: TypeAlias = NDArray[np.uint64]
Ints: TypeAlias = NDArray[np.int64]
Small: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]

WORD = 64


def _ones(_context: Any, word: Any) -> Any:
    def code(_: Any, builder: Any, __: Any, words: Any) -> Any:
        return builder.ctpop(words[0])

    return types.uint64(word), code


def _lowest(_context: Any, word: Any) -> Any:
    def code(_: Any, builder: Any, __: Any, words: Any) -> Any:
        return builder.cttz(words[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(word), code


# How many bits are set in a word, and which is the lowest if any is: one instruction each.
ones: Any = intrinsic(_ones)
lowest: Any = intrinsic(_lowest)
