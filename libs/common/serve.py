"""Run one service in this process: `python -m common.serve matching`."""

import asyncio
import signal
import sys
from importlib import import_module

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

# A client that sends its headers slower than this is let go; uvicorn would wait for ever.
HEADER_SECONDS = 10


async def serve(service: str) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in hand and leave."""
    app = import_module(f"{service}.app").create_app()
    settings = app.state.settings
    server = Server(
        app,
        address=settings.http_host,
        port=settings.http_port,
        interface=Interfaces.ASGI,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000, keep_alive=True),
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, server.stop)
    await server.serve()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
