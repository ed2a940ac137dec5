"""HTTP in: sessions, places, paths and calendars."""

from training.api.routes import router

routers = (router,)
