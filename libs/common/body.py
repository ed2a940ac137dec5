"""Read what was sent as strictly as it will be understood, before anything is opened for it."""

import json
import math
import sys
from typing import Any

from fastapi import Request, params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartParser

from common.models import keepable
from common.problems import MALFORMED_JSON, OTHER_MEDIA_TYPE, Refused

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
# More fields than any page of ours has; a file is one field, and its size is the body's.
MOST_FIELDS = 200
MOST_FILES = 10
# A file that is sent is somebody's list of people: it stays in memory, where the limit of the body
# holds, and never goes through a temporary file on a disk.
MultiPartParser.spool_max_size = sys.maxsize


def refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("too large for a number")
    return number


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that names a field twice: two readers would keep two different ones."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name is repeated")
    return read


def read_json(body: bytes) -> Any:
    """Read UTF-8 JSON: no NaN, no infinity, no repeated name, no depth that breaks the reader."""
    try:
        return json.loads(
            body.decode(),
            parse_constant=refuse_constant,
            parse_float=finite,
            object_pairs_hook=without_repeats,
        )
    except (ValueError, RecursionError):
        raise Refused(MALFORMED_JSON) from None


class StrictRequest(Request):
    """A request whose JSON was read by us; FastAPI asks it again and gets the same."""

    async def json(self) -> Any:
        return self.state.read_json

    async def read_for(self, route: APIRoute) -> None:
        """Read the body that this route wants, or refuse it."""
        if route.body_field is None:
            return
        if isinstance(route.body_field.field_info, params.Form):
            await self.read_form()
        elif body := await self.body():
            if not is_json(self.media_type()):
                raise Refused(OTHER_MEDIA_TYPE)
            self.state.read_json = read_json(body)

    async def read_form(self) -> None:
        if self.media_type() not in FORMS:
            raise Refused(OTHER_MEDIA_TYPE)
        form = await self.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
        try:
            check_form(form)
        except RequestValidationError:
            await form.close()
            raise

    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    kind, _, form = media_type.partition("/")
    return kind == "application" and (form == "json" or form.endswith("+json"))


def check_form(form: FormData) -> None:
    """Refuse text in a form that could not be kept, and name its field."""
    for name, value in form.multi_items():
        text = value if isinstance(value, str) else value.filename
        try:
            keepable([name, text])
        except PydanticCustomError as error:
            raise RequestValidationError(
                [{"type": error.type, "loc": ("body", field_name(name)), "msg": ""}]
            ) from None


def field_name(name: str) -> str:
    """Name the field only if it looks like one of ours, or the answer would echo input."""
    return name if name.isidentifier() and name.isascii() else "…"
