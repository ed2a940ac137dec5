"""HTTP in: each route translates a request into one handler call."""

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

routers = tuple(
    part.router
    for part in (
        associations,
        catalogue,
        referrals,
        routing,
        consents,
        mentors,
        cards,
        words,
        imports,
    )
)
