"""Build the communes and write them where intake finds them."""

import argparse
import gzip
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import scripts.territories
from scripts.territories.divisions import (
    COLUMNS,
    CURRENT,
    FORMER_COLUMNS,
    former_rows,
    is_inhabited,
    read_divisions,
    row,
)
from scripts.territories.locating import locate

DATA = Path(__file__).parents[2] / "services" / "intake" / "data"


def main() -> None:
    parser = argparse.ArgumentParser(description=scripts.territories.__doc__)
    parser.add_argument("--packages", type=Path, help="a folder that keeps the downloaded archives")
    chosen = parser.parse_args().packages
    with tempfile.TemporaryDirectory() as scratch:
        folder = (chosen or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        build(folder)


def build(folder: Path) -> None:
    divisions = read_divisions(folder)
    communes = sorted(
        (c for c in divisions if c["type"] in CURRENT and is_inhabited(c)), key=lambda c: c["code"]
    )
    points = locate(communes, folder)
    write(DATA / "communes.csv.gz", COLUMNS, (row(c, points[c["code"]]) for c in communes))
    write(DATA / "former_communes.csv.gz", FORMER_COLUMNS, former_rows(divisions))
    figures = Counter(points[c["code"]].precision for c in communes)
    sys.stdout.write(f"{len(communes)} communes: {dict(sorted(figures.items()))}\n")


def write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write without the quotes that nothing here needs, so that a line can be cut at its commas."""
    lines = [",".join(columns)]
    for cells in rows:
        if len(cells) != len(columns) or re.search(r'[,"\n]', "".join(cells)):
            raise ValueError(f"a cell would need quotes: {cells}")
        lines.append(",".join(cells))
    text = "\n".join(lines) + "\n"
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode())


if __name__ == "__main__":
    main()
