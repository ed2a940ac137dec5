"""How two spellings are compared: by their letters and digits, and by nothing else."""

import re
import unicodedata

LONGEST = 120  # no name of a place or of a trade comes near it; nothing longer is even looked at

_TWO_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_MARKS = re.compile(r"[\u0300-\u036f]")


def plain(text: str) -> str:
    """Reduce to lower-case ASCII words, one space between: "L'Haÿ-les-Roses" is "l hay les roses".

    Whatever is not a letter or a digit of ours separates: a NUL, a lone surrogate, an emoji.
    Doing it twice changes nothing.
    """
    letters = unicodedata.normalize("NFKD", text).casefold().translate(_TWO_LETTERS)
    unmarked = _MARKS.sub("", unicodedata.normalize("NFKD", letters))
    return _NOT_PLAIN.sub(" ", unmarked).strip()
