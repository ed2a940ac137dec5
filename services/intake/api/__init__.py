"""HTTP in: each route translates a request into one handler call."""

from common.http import routes
from intake.api import (
    associations,
    cards,
    catalogue,
    consents,
    mentors,
    referrals,
    routing,
    words,
)
from intake.imports import api as imports

router = routes()
for part in (associations, catalogue, referrals, routing, consents, mentors, cards, words, imports):
    router.include_router(part.router)
