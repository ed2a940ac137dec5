"""HTTP in: each route translates a request into one handler call."""

from matching.api import comparisons, pool, proposals, runs

# What is under `/runs/comparisons` is no run's.
routers = tuple(part.router for part in (pool, proposals, comparisons, runs))
