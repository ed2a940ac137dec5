"""Turning plain functions over arrays into machine code, once, and keeping it between starts."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

Bools: TypeAlias = NDArray[np.bool_]
Words: TypeAlias = NDArray[np.uint64]
Ints: TypeAlias = NDArray[np.int64]
Small: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]

WORD = 64


def compiled(function: Function) -> Function:
    """Compile at the first call; other threads run meanwhile, and no arithmetic is reordered.

    Without `fastmath` a sum is added up in the order in which it is written, as Python does.
    """
    machine_code: Function = njit(cache=True, nogil=True, error_model="numpy")(function)
    return machine_code


@intrinsic
def ones(_context: Any, word: Any) -> Any:  # type: ignore[misc] # numba has no types
    """Count the bits that are set in a word: one instruction."""

    def code(_: Any, builder: Any, __: Any, words: Any) -> Any:
        return builder.ctpop(words[0])

    return types.uint64(word), code


@intrinsic
def lowest(_context: Any, word: Any) -> Any:  # type: ignore[misc] # numba has no types
    """Find the lowest bit that is set in a word that has one: one instruction."""

    def code(_: Any, builder: Any, __: Any, words: Any) -> Any:
        return builder.cttz(words[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(word), code
