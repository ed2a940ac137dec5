"""HTTP in: pages for people, each a thin view over what the services answer."""

from fastapi import APIRouter

from portal.api import (
    cases,
    doors,
    figures,
    gateway,
    home,
    house,
    imports,
    mentors,
    mine,
    orders,
    outbox,
    pairs,
    requests,
    runs,
    sessions,
)

DOORS = (home, gateway, doors, outbox, requests, orders)
PAGES = (cases, mentors, runs, pairs, sessions, house, imports, figures, mine)

router = APIRouter()
for part in (*DOORS, *PAGES):
    router.include_router(part.router)
