"""HTTP in: each route translates a request into one handler call."""

from common.http import routes
from matching.api import pool, proposals, runs

router = routes()
for part in (pool, proposals, runs):
    router.include_router(part.router)
