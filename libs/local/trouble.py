"""What can be wrong with a machine, said in one line with what mends it."""


class Trouble(Exception):
    """Something on this machine stands in the way, and somebody can mend it."""

    def __init__(self, what: str, *, mend: str) -> None:
        super().__init__(f"{what}; mend: {mend}")
        self.what = what
        self.mend = mend
