"""Assemble training: `python -m common.serve training` runs it."""

from fastapi import FastAPI

from common.service import create_service
from common.settings import load
from training import api, consumers, schedule
from training.settings import TrainingSettings


def create_app() -> FastAPI:
    return create_service(
        "training",
        load(TrainingSettings),
        api=api.routers,
        events=consumers.router,
        schedule=schedule.schedule,
    )
