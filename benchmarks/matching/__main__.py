"""Choose the sizes: `python -m benchmarks.matching 1000 50000`."""

import asyncio
import sys

from benchmarks.matching.measure import USUAL, whole_pool
from benchmarks.table import table

if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:]] or USUAL
    sys.stdout.write(f"{table(asyncio.run(whole_pool(sizes)))}\n")
