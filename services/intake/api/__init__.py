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

router = routes()
for part in (associations, catalogue, referrals, routing, consents, mentors, cards, words):
    router.include_router(part.router)
