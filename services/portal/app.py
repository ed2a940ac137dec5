"""Assemble the portal: `python -m common.serve portal` runs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from common.service import create_service
from common.settings import load
from portal import api, consumers, schedule
from portal.api.doorkeeper import Doorkeeper
from portal.api.route import no_such_page
from portal.neighbours import neighbours_of
from portal.postman import delivering
from portal.settings import Settings


def create_app() -> FastAPI:
    settings = load(Settings)
    app = create_service(
        "portal",
        settings,
        api=api.routers,
        events=consumers.router,
        schedule=schedule.with_index(settings.index_key),
    )
    app.state.tokens = Doorkeeper(settings=settings, tokens=app.state.tokens)
    app.add_exception_handler(HTTPException, no_such_page)
    doors = app.router.lifespan_context

    @asynccontextmanager
    async def with_neighbours(app: FastAPI) -> AsyncIterator[None]:
        """Open what only the portal has, around the doors that every service has."""
        async with neighbours_of(settings) as neighbours:
            app.state.neighbours = neighbours
            async with doors(app), delivering(app):
                yield

    app.router.lifespan_context = with_neighbours
    return app
