"""Turning plain functions over arrays into machine code, once, and keeping it between starts."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeAlias, TypeVar

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from matching.domain.assignment.compiled import compiled as compiled_alone
from matching.domain.assignment.compiled import text_of

P = ParamSpec("P")
R = TypeVar("R")

Bools: TypeAlias = NDArray[np.bool_]
Words: TypeAlias = NDArray[np.uint64]
Ints: TypeAlias = NDArray[np.int64]
Small: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]

WORD = 64


# What each function takes over from others of this package changes with any of their texts.
TEXT = text_of(Path(__file__).parent)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile as the assignment does; what is kept is as new as this package."""
    kept = compiled_alone(function)
    if hasattr(kept, "_cache"):
        with suppress(AttributeError):
            kept._cache._cache_file._source_stamp = TEXT  # noqa: SLF001 -- as there
    return kept


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
