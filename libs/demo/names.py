"""What people are called: first names and family names that are heard in France."""

import re
import unicodedata

from demo.words import words

FEMALE, MALE, FAMILY = words("female"), words("male"), words("family")


def plain(name: str) -> str:
    """Write a name as it stands in a mail address."""
    letters = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore")
    return re.sub(r"[^a-z-]", "", letters.decode().lower())
