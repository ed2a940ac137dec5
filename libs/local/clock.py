"""`make clock`: tell the time of a platform that runs, or let time pass: `make clock by=7d`."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path

from local.arguments import main_of
from local.lock import holder
from local.platform import DEFAULT_HOME, LOCK, Platform
from local.trouble import Trouble


def clock() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_HOME, metavar="DIR", help="(.data)")
    parser.add_argument("by", nargs="?", help="how far to go on: 90s, 15m, 6h, 7d or 4w")
    told = parser.parse_args()
    if holder(told.data / LOCK) is None:
        raise Trouble(f"nothing runs on {told.data}", mend="`make up` in another terminal")
    words = ["advance", told.by] if told.by else ["show"]
    said = json.loads(Platform.found_in(told.data).run("common.clock", *words))
    now = datetime.fromisoformat(said["now"])
    sys.stdout.write(f"ok   for all services it is {now:%A %d %B %Y, %H:%M} UTC\n")


if __name__ == "__main__":
    main_of(clock)
