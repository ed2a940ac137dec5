"""HTTP in: each route translates a request into one handler call."""

from fastapi import APIRouter

from followup.api import agreements, alerts, care, endings, pairs, reports

router = APIRouter()
for part in (pairs, agreements, care, alerts, endings, reports):
    router.include_router(part.router)
