"""HTTP in: figures with their definitions, and the journey of a referral."""

from reporting.api.routes import router

routers = (router,)
