"""HTTP in: each route translates a request into one handler call."""

from followup.api import agreements, alerts, care, endings, pairs, reports

routers = tuple(part.router for part in (pairs, agreements, care, alerts, endings, reports))
