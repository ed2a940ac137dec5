"""Assemble matching: `python -m common.serve matching` runs it."""

from fastapi import FastAPI

from common.service import create_service
from common.settings import Settings, load
from common.work import Work
from matching import ahead, api, consumers, schedule
from matching.handlers.computing import Computer
from matching.measures import count_pool
from matching.store.shards import backlog


def create_app() -> FastAPI:
    settings = load(Settings)
    computer = Computer(settings.instance)
    app = create_service(
        "matching",
        settings,
        api=api.routers,
        events=consumers.router,
        schedule=schedule.schedule,
    )
    app.state.work = Work(name="runs", backlog=backlog, piece=computer.piece)
    app.state.figures = count_pool
    app.state.ahead = ahead.load
    return app
