"""Assemble matching: `python -m common.serve matching` runs it."""

from fastapi import FastAPI

from common.service import create_service
from common.settings import Settings, load
from matching import api, consumers, schedule


def create_app() -> FastAPI:
    return create_service(
        "matching",
        load(Settings),
        api=api.router,
        events=consumers.router,
        schedule=schedule.schedule,
    )
