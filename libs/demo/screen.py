"""What the person who typed `make demo` sees: the year going by, its figures, and who is there."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from demo.moments import Moment
from demo.play import Lived
from demo.sign_ins import sign_ins
from demo.words import words


class Passing:
    """The year as it goes by: a bar where there is a terminal, a line a month elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (TextColumn("{task.description:<15}"), BarColumn(), TaskProgressColumn())
        self._bar = Progress(*columns, TimeElapsedColumn(), console=console)
        self._task = self._bar.add_task("l'été", total=None)
        self._month = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def tell(self, moment: Moment, total: int) -> None:
        month = f"{words('months')[moment.at.month - 1]} {moment.at.year}"
        done = moment.number + 1
        self._bar.update(self._task, completed=done, total=total, description=month)
        if moment.at.month != self._month and not self._console.is_terminal:
            self._console.print(f"{month}: {100 * done // total} %")
        self._month = moment.at.month


def show(console: Console, lived: Lived) -> None:
    """Print the figures of the year, what people did, and who can sign in."""
    figures = Table(title="Les chiffres de l'année", title_justify="left")
    for heading in ("n°", "indicateur", "chiffre"):
        figures.add_column(heading, overflow="fold")
    for row in lived.figures:
        figures.add_row(row.number, row.words, row.figure)
    people = Table(title="Pour se connecter au portail", title_justify="left")
    people.add_column("association", overflow="fold")
    people.add_column("en tant que", overflow="fold")
    # An address is there to be copied.
    people.add_column("adresse", no_wrap=True)
    for each in sign_ins(lived.world):
        people.add_row(each.association, each.role, each.email)
    console.print(figures, people)
    told = ", ".join(f"{count} {deed}" for deed, count in sorted(lived.world.deeds.items()))
    console.print(f"In this year: {told}.", soft_wrap=True)
    if lived.world.noes:
        noes = ", ".join(f"{count} × {no}" for no, count in lived.world.noes.most_common())
        console.print(f"Answered no: {noes}.", soft_wrap=True)
