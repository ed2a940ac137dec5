"""How functions on arrays become machine code, and where that code is kept between starts.

Numba keeps machine code in `NUMBA_CACHE_DIR` if that is set, else beside the module, else in the
user's cache directory. Where none of them can be written (a read-only image without a home), code
is compiled anew by each process: nothing fails, the first run waits for half a minute. An image
brings its own (`matching.ahead`).
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


@cache
def text_of(folder: Path) -> str:
    """Name the text of all modules of a package."""
    digest = hashlib.sha256()
    for module in sorted(folder.glob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function at its first call; other threads run while it does."""
    try:
        kept: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        # Nowhere to keep it.
        return numba.njit(nogil=True)(function)
    # Numba forgets code when its own module changes, but keeps what it took over from others.
    text = text_of(Path(function.__code__.co_filename).parent)
    keeper: Any = kept
    keeper._cache._cache_file._source_stamp = text  # noqa: SLF001 -- it has no public word for it
    return kept
