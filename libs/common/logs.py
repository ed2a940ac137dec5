"""Logs as JSON lines: events with fixed names, ids and numbers; nothing that a person wrote.

What may pass is listed, not what may not: an id, a number, a moment or a yes passes under any
name; text passes only under a name of `TEXTS`, whose values are chosen by us. Anything else is
taken out, and `withheld` says which names it had. Of an exception the kind and the places in our
code are told, never its message nor a variable, for both quote what people send.
"""

import logging
import logging.config
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import Enum
from types import TracebackType
from typing import Any
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from common.tracing import trace_of, traceparent

SAFE_TYPES = (bool, int, float, UUID, datetime, date, timedelta, Enum, type(None))
# Names whose values are words of our own code, or ids that came as text.
TEXTS = frozenset(
    {
        "action", "address", "check", "command", "consumer", "event", "event_type", "error",
        "instance", "job", "level", "logger", "method", "mode", "point", "request_id", "route",
        "service", "sqlstate", "state", "status", "stream", "subject", "timestamp", "trace_id",
        "traceback", "allowed_by", "bucket", "reason", "event_types",
    }
)  # fmt: skip
MESSAGE_ID = re.compile(r"[0-9A-Za-z._:-]{1,80}")
DEEPEST = 30


def only_what_is_safe(_: WrappedLogger, __: str, event_dict: EventDict) -> EventDict:
    """Take out every value that could be the words of a person."""
    kept = {name: value for name, value in event_dict.items() if is_safe(name, value)}
    if withheld := sorted(event_dict.keys() - kept.keys()):
        kept["withheld"] = withheld
    return kept


def is_safe(name: str, value: object) -> bool:
    if name.startswith("_") or name == "exc_info" or name in TEXTS:
        return True
    if isinstance(value, str) and name.endswith("_id"):
        return MESSAGE_ID.fullmatch(value) is not None
    if isinstance(value, list) and name.endswith("_ids"):
        return all(is_safe("each_id", each) for each in value)
    return isinstance(value, SAFE_TYPES)


def name_trace(_: WrappedLogger, __: str, event_dict: EventDict) -> EventDict:
    """Say to which trace a line belongs: what one request set off is found by it everywhere."""
    if "trace_id" not in event_dict and (trace_id := trace_of(traceparent())):
        event_dict["trace_id"] = trace_id
    return event_dict


def tell_exception(_: WrappedLogger, __: str, event_dict: EventDict) -> EventDict:
    """Replace an exception by its kind and the way it took."""
    error = exception_of(event_dict.pop("exc_info", None))
    if error is not None:
        event_dict["error"] = " < ".join(type(each).__name__ for each in chain(error))
        event_dict["traceback"] = [place for each in chain(error) for place in places(each)]
        states = [getattr(each, "sqlstate", None) for each in chain(error)]
        event_dict["sqlstate"] = next((state for state in states if isinstance(state, str)), None)
    return event_dict


def exception_of(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        _, error, _ = exc_info
        return error if isinstance(error, BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def chain(error: BaseException) -> Iterator[BaseException]:
    """Go from what was raised to what it came of."""
    seen: BaseException | None = error
    for _ in range(DEEPEST):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def places(error: BaseException) -> list[str]:
    """Name file, line and function of each frame, from the outermost to the fault."""
    found = []
    frame: TracebackType | None = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        found.append(
            f"{'/'.join(code.co_filename.split('/')[-2:])}:{frame.tb_lineno} {code.co_name}"
        )
        frame = frame.tb_next
    return found[-DEEPEST:]


def template_only(_: WrappedLogger, __: str, event_dict: EventDict) -> EventDict:
    """Keep of a library's message its fixed words, without what was filled into them."""
    record: logging.LogRecord | None = event_dict.get("_record")
    # Alembic's words are names of our own migrations.
    if record is not None and not record.name.startswith("alembic"):
        event_dict["event"] = str(record.msg)
    return event_dict


def processors(service: str) -> list[Processor]:
    """List what happens to every line, ours or a library's."""

    def sign(_: WrappedLogger, __: str, event_dict: EventDict) -> EventDict:
        event_dict["service"] = service
        return event_dict

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        sign,
        name_trace,
        tell_exception,
        only_what_is_safe,
    ]


def write_json(level: str = "info", service: str = "") -> None:
    """Send every log of this process to stdout, one JSON object a line."""
    shared = processors(service)
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(default=str)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [structlog.stdlib.add_logger_name, template_only, *shared],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(default=str),
        ],
        "keep_exc_info": False,
        "keep_stack_info": False,
    }
    # Or logging would print on stderr what it could not format, with all that was to be filled in.
    logging.raiseExceptions = False
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {
                "nowhere": {"class": "logging.NullHandler"},
                "stdout": {
                    "class": "logging.StreamHandler",
                    "formatter": "json",
                    "stream": "ext://sys.stdout",
                },
            },
            "root": {"handlers": ["stdout"], "level": "WARNING"},
            "loggers": {
                "alembic": {"level": "INFO"},
                "_granian": {"handlers": ["stdout"], "level": "WARNING", "propagate": False},
                # A line per request with its raw address: FrontDoor writes a better one.
                "granian.access": {"handlers": ["nowhere"], "propagate": False},
            },
        }
    )
