"""Fixtures of matching."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.deliveries import Hear
from tests.matching.stage import Stage, standing_clock


@pytest.fixture
def stage(
    app: FastAPI, client: httpx.AsyncClient, engine: AsyncEngine, hear: Hear, sign_in
) -> Stage:
    app.state.clock = standing_clock()
    return Stage(app=app, client=client, engine=engine, deliver=hear, sign_in=sign_in)
