"""Assemble reporting: `python -m common.serve reporting` runs it."""

from fastapi import FastAPI

from common.service import create_service
from common.settings import Settings, load
from reporting import api, consumers


def create_app() -> FastAPI:
    return create_service("reporting", load(Settings), api=api.routers, events=consumers.router)
