"""The HTTP edge: from a request to a handler call inside one transaction."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection

from common import access
from common.access import may, public

__all__ = ["Caller", "Model", "Now", "Tx", "may", "pages", "public", "routes"]

LONGEST_TEXT = 10_000


class Model(BaseModel):
    """What a request may carry: exactly these fields, of exactly these types."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        str_max_length=LONGEST_TEXT,
        hide_input_in_errors=True,
    )


async def open_transaction(request: Request) -> AsyncConnection:
    tx: AsyncConnection = request.state.tx
    return tx


async def told_time(request: Request) -> datetime:
    now: datetime = request.app.state.clock.now()
    return now


async def known_caller(request: Request) -> access.Caller:
    caller: access.Caller = request.state.caller
    return caller


Tx = Annotated[AsyncConnection, Depends(open_transaction)]
Now = Annotated[datetime, Depends(told_time)]
Caller = Annotated[access.Caller, Depends(known_caller)]


def routes(prefix: str = "") -> APIRouter:
    """Make a router whose every request is one transaction, committed before the answer leaves."""
    return APIRouter(prefix=prefix)


def pages(prefix: str = "") -> APIRouter:
    """Make a router for pages of HTML: one transaction a request, and no Idempotency-Key."""
    return APIRouter(prefix=prefix)
