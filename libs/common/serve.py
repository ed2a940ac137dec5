"""Run one service in this process: `python -m common.serve matching`."""

import asyncio
import gc
import signal
import sys
from contextlib import AsyncExitStack
from importlib import import_module

import uvloop
from fastapi import FastAPI
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from sqlalchemy.exc import DBAPIError

from common.broker import BrokerUnavailable, NotLetIn, UnsafeBroker
from common.database import is_away
from common.migrate import WrongRevision
from common.rights import TooManyRights
from common.settings import WRONG_SETTINGS, Settings, example

# A client that sends its headers slower than this is let go; uvicorn would wait for ever.
HEADER_SECONDS = 10
# By default the collector of cycles looks after every 700 new objects, a few requests' worth.
NEW_OBJECTS = 10_000
# What whoever starts the service must mend, told in one line instead of a traceback.
NOT_OURS = (BrokerUnavailable, NotLetIn, TooManyRights, UnsafeBroker, WrongRevision)
# How PostgreSQL says that it does not let us in.
NO_WAY_IN = {
    "28000": "PostgreSQL does not let this role in",
    "28P01": "PostgreSQL does not know this role, or its password is another",
    "3D000": "there is no such database",
    "42501": "this role may not enter the database, or not read it",
}


async def serve(service: str) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in hand and leave."""
    app: FastAPI = import_module(f"{service}.app").create_app()
    settings = app.state.settings
    async with AsyncExitStack() as doors:
        # Opened here and not by granian, which would bury what is wrong under tracebacks.
        try:
            await doors.enter_async_context(app.router.lifespan_context(app))
        except (*NOT_OURS, DBAPIError, OSError) as error:
            raise SystemExit(complaint(service, error)) from None
        collect_rarely()
        server = Server(
            app,
            address=settings.http_host,
            port=settings.http_port,
            interface=Interfaces.ASGINL,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
            log_enabled=False,
        )
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, server.stop)
        await server.serve()


def collect_rarely() -> None:
    """Leave alone what was loaded until now, which stays to the end, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


def complaint(service: str, error: Exception) -> int:
    """Say in one line why the service cannot start, and return the exit code; a fault is raised."""
    if isinstance(error, NOT_OURS):
        told = str(error) if " " in str(error) else type(error).__doc__
    elif closed := NO_WAY_IN.get(sqlstate(error)):
        url = example(Settings, "database_url")
        told = f"DATABASE_URL is wrong: {closed}; for example: DATABASE_URL={url}"
    elif is_away(error):
        told = "the database does not answer: is it running, and is DATABASE_URL right?"
    else:
        raise error
    sys.stderr.write(f"{service} cannot start: {told}\n")
    return WRONG_SETTINGS


def sqlstate(error: Exception) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
