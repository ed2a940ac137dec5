"""HTTP in: pages for people, each a thin view over what the services answer."""

from fastapi import APIRouter

from portal.api import doors, gateway, home, outbox

router = APIRouter()
for part in (home, gateway, doors, outbox):
    router.include_router(part.router)
