"""Addresses inside the portal, and nowhere else."""

import re

HOME = "/"
# A path of ours: no second slash or backslash at the start, which browsers read as another host.
INSIDE = re.compile(r"/(?![/\\])[A-Za-z0-9/_.~=&?%,:+-]*")
LONGEST = 500


def inside(address: str | None) -> str:
    """Give the address if it is a path of ours; otherwise the first page."""
    if address and len(address) <= LONGEST and INSIDE.fullmatch(address):
        return address
    return HOME
