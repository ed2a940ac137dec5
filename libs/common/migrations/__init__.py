"""One Alembic environment for every service."""
