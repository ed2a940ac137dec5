"""The shape of what is sent to us: exact types, finite numbers, text that can be kept."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

LONGEST_TEXT = 10_000
# A column of PostgreSQL's type integer ends here; a field that needs more says so itself.
LARGEST_INT = 2**31 - 1
_NUMBER = re.compile(r"[0-9]{1,9}")


def keepable(value: Any) -> Any:
    """Refuse text that PostgreSQL or UTF-8 cannot hold, however deep it sits."""
    if isinstance(value, str):
        refuse_lost_letters(value)
    elif isinstance(value, dict):
        keepable([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple):
        for each in value:
            keepable(each)
    return value


def refuse_lost_letters(value: str) -> None:
    if "\0" in value:
        raise PydanticCustomError("nul_character", "NUL character")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise PydanticCustomError("string_unicode", "lone surrogate")


def moment_in_words(value: Any) -> Any:
    """Refuse 0 and "1700000000", which pydantic would read as seconds since 1970."""
    if isinstance(value, date | time | timedelta):
        return value
    if not isinstance(value, str) or not any(letter in value for letter in "-:PT"):
        raise PydanticCustomError("moment_not_number", "a number is not a moment")
    return value


def number_not_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("number_not_text", "a bool is not a number")
    return value


def text(node: Any) -> CoreSchema:
    return core_schema.no_info_after_validator_function(keepable, node | {"strict": True})


def anything(node: Any) -> CoreSchema:
    return core_schema.no_info_after_validator_function(keepable, node)


def whole_number(node: Any) -> CoreSchema:
    bounds = {} if {"le", "lt"} & node.keys() else {"le": LARGEST_INT}
    bounds |= {} if {"ge", "gt"} & node.keys() else {"ge": -LARGEST_INT}
    schema: CoreSchema = {"strict": True} | bounds | node
    return schema


def exact(node: Any) -> CoreSchema:
    schema: CoreSchema = node | {"strict": True}
    return schema


def moment(node: Any) -> CoreSchema:
    return core_schema.no_info_before_validator_function(moment_in_words, node)


def decimal(node: Any) -> CoreSchema:
    return core_schema.no_info_before_validator_function(number_not_bool, node)


def digits(text: object) -> object:
    """Read a number from an address, where everything is text; what is none stays what it is."""
    return int(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else text


# Beside the type of a number that is asked in an address: `Annotated[int, Field(ge=1), InAddress]`.
InAddress = BeforeValidator(digits)

TIGHTENED: dict[str, Callable[[Any], CoreSchema]] = {
    "str": text,
    "any": anything,
    "int": whole_number,
    "float": exact,
    "bool": exact,
    "decimal": decimal,
    "date": moment,
    "time": moment,
    "datetime": moment,
    "timedelta": moment,
}
# Branches of a schema that hold values or notes of pydantic, not schemas.
LEFT_ALONE = frozenset({"metadata", "serialization", "default", "expected", "ref"})


def tightened(node: Any) -> Any:
    """Rebuild a schema with every leaf made exact, however deep."""
    if isinstance(node, list | tuple):
        return type(node)(tightened(each) for each in node)
    if not isinstance(node, dict):
        return node
    inner = {name: tightened_branch(name, branch) for name, branch in node.items()}
    leaf = TIGHTENED.get(str(inner.get("type")))
    return leaf(inner) if leaf else inner


def tightened_branch(name: str, branch: Any) -> Any:
    if name in LEFT_ALONE:
        return branch
    if name == "fields" and isinstance(branch, dict):
        # The names in here are those of our fields, whatever they sound like.
        return {field: tightened(inner) for field, inner in branch.items()}
    return tightened(branch)


class Model(BaseModel):
    """What a request may carry: exactly these fields, of exactly these types.

    pydantic's own strict mode would also refuse the text of a date, of an id and of a choice,
    which JSON cannot write in any other way; so only what JSON has a type for is made strict.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        str_max_length=LONGEST_TEXT,
        hide_input_in_errors=True,
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: CoreSchema = tightened(handler(source))
        return schema
