"""Fixtures of matching."""

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.deliveries import Hear
from tests.matching.stage import Stage, standing_clock

# How long one example takes says something about the machine, and nothing about a rule.
settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")


@pytest.fixture
def stage(
    app: FastAPI, client: httpx.AsyncClient, engine: AsyncEngine, hear: Hear, sign_in
) -> Stage:
    app.state.clock = standing_clock()
    return Stage(app=app, client=client, engine=engine, deliver=hear, sign_in=sign_in)
