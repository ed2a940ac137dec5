"""Assemble intake: `python -m common.serve intake` runs it."""

from fastapi import FastAPI

from common.service import create_service
from common.settings import load
from intake import api, consumers, schedule
from intake.settings import IntakeSettings


def create_app() -> FastAPI:
    return create_service(
        "intake",
        load(IntakeSettings),
        api=api.routers,
        events=consumers.router,
        schedule=schedule.schedule,
    )
