"""Start with `python -m common.serve followup`."""

from fastapi import FastAPI

from common.service import create_service
from common.settings import load
from followup import api, consumers, schedule
from followup.measures import count_reports
from followup.settings import FollowupSettings
from followup.signing_key import SigningKey


def create_app() -> FastAPI:
    settings = load(FollowupSettings)
    app = create_service(
        "followup",
        settings,
        api=api.routers,
        events=consumers.router,
        schedule=schedule.schedule,
    )
    app.state.figures = count_reports
    app.state.signing_key = SigningKey(settings.seal_signing_key.get_secret_value())
    return app
