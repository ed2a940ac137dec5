"""HTTP in: pages for people, each a thin view over what the services answer."""

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

routers = tuple(part.router for part in (*DOORS, *PAGES))
