"""Chance that belongs to people: the same mentor says the same no in every scenario of a seed."""

import hashlib


def chance(seed: int, *about: object) -> float:
    """Draw a number from 0 up to 1, always the same for the same seed and subject."""
    text = "\0".join(str(each) for each in (seed, *about))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
