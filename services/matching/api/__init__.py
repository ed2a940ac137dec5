"""HTTP in: each route translates a request into one handler call."""

from common.http import routes
from matching.api import comparisons, pool, proposals, runs

router = routes()
# What is under `/runs/comparisons` is no run's.
for part in (pool, proposals, comparisons, runs):
    router.include_router(part.router)
