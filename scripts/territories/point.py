"""Where a commune is, and how well that is known."""

import re
import unicodedata
from typing import NamedTuple


class Point(NamedTuple):
    latitude: float
    longitude: float
    precision: str


def plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE"))
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"[̀-ͯ]", "", letters).casefold()).strip()
