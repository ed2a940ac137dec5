"""What a person filled in, put into the shape that the services ask for; they judge it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from common.calendar import WHERE_PEOPLE_LIVE
from common.errors import Invalid
from portal.domain.links import inside
from portal.neighbours import NeighbourSaidNo

# More than any number that is asked for has, and few enough to be one everywhere.
MOST_DIGITS = 18


def whole(written: str) -> int | str:
    """Read a whole number; what is none, or is beyond measure, stays for the service to refuse."""
    is_number = written.isascii() and written.isdecimal() and len(written) <= MOST_DIGITS
    return int(written) if is_number else written


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that came back."""

    form: FormData

    def text(self, name: str) -> str:
        """Give what was written, without the spaces around it."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def given(self, name: str) -> str | None:
        return self.text(name) or None

    def many(self, name: str) -> list[str]:
        return [each for each in self.form.getlist(name) if isinstance(each, str) and each]

    def under(self, prefix: str) -> dict[str, str]:
        """Give every field whose name begins so, by the rest of its name."""
        names = [each for each in self.form if each.startswith(prefix)]
        return {each.removeprefix(prefix): self.text(each) for each in names}

    def number(self, name: str) -> int | str | None:
        """Give a number, or what was written instead of one."""
        return whole(self.text(name)) if self.text(name) else None

    def flag(self, name: str) -> bool:
        return self.text(name) == "yes"

    def said(self, name: str) -> bool | None:
        """Give yes, no, or nothing said."""
        return {"yes": True, "no": False}.get(self.text(name))

    def moment(self, day: str, time: str) -> str | None:
        """Read a day and a time as clocks show them in France."""
        written = f"{self.text(day)}T{self.text(time)}"
        try:
            return datetime.fromisoformat(written).replace(tzinfo=WHERE_PEOPLE_LIVE).isoformat()
        except ValueError:
            raise Invalid(day) from None

    def id(self, name: str) -> UUID:
        try:
            return UUID(self.text(name))
        except ValueError:
            raise Invalid(name) from None

    @property
    def key(self) -> str:
        """Give the key that the form was rendered with."""
        return self.text("key") or str(uuid4())

    def file(self, name: str) -> UploadFile:
        value = self.form.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            raise Invalid(name)
        return value

    def content(self, name: str) -> bytes:
        """Read a file that is small, and was spooled by the form's reader."""
        return self.file(name).file.read()

    def only(self, **fields: Any) -> dict[str, Any]:
        """Make a body of what was given, without what was left empty."""
        return {name: value for name, value in fields.items() if value not in (None, "", [])}

    @property
    def back(self) -> str:
        """Give the page that the form was on."""
        return inside(self.text("back"))


class Sheet:
    """A form as it is shown: what was filled in before, and what was said about it."""

    def __init__(
        self, form: Filled | None = None, *, told: str = "", errors: Mapping[str, str] | None = None
    ) -> None:
        self._form = form
        self.told = told
        self.errors = errors or {}

    def value(self, name: str) -> str:
        return self._form.text(name) if self._form else ""

    def values(self, name: str, at_first: Sequence[str] = ()) -> Sequence[str]:
        """Give what was ticked; before anything was, what is ticked at first."""
        return self._form.many(name) if self._form else at_first

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


def refused_sheet(form: Filled, no: NeighbourSaidNo) -> Sheet:
    """Show a form again with what was wrong with it."""
    return Sheet(form, told=no.title, errors=no.errors)


async def filled_in(request: Request) -> Filled:
    return Filled(request.state.form)


Form = Annotated[Filled, Depends(filled_in)]
