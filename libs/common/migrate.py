"""Alembic for one service: `python -m common.migrate matching upgrade head`."""

import sys
from importlib import import_module
from pathlib import Path

from alembic.config import CommandLine, Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from common.settings import setting

# The tables that every service has.
COMMON_TABLES = ("outbox", "inbox", "quarantine", "idempotency")


class WrongRevision(Exception):
    """The database is not at the revision that this code was written for."""


def main(service: str, *arguments: str) -> None:
    """Run an Alembic command on the migrations of one service."""
    for table in COMMON_TABLES:
        import_module(f"common.{table}")
    line = CommandLine(prog="migrate")
    options = line.parser.parse_args(arguments)
    config = configuration(service)
    config.cmd_opts = options
    config.attributes["database_url"] = setting("DATABASE_URL")
    line.run_cmd(config, options)


def configuration(service: str) -> Config:
    versions = Path(str(import_module(service).__file__)).parent / "migrations"
    config = Config(attributes={"service": service})
    config.set_main_option("script_location", "common:migrations")
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    return config


def revisions(service: str) -> set[str]:
    """Name every revision that this release knows of the database of a service."""
    script = ScriptDirectory.from_config(configuration(service))
    return {each.revision for each in script.walk_revisions()}


async def assert_at_head(engine: AsyncEngine, service: str) -> None:
    """Refuse to work on a database at another revision than this code's newest."""
    head = ScriptDirectory.from_config(configuration(service)).get_current_head()
    async with engine.connect() as connection:
        known = await connection.scalar(text("select to_regclass('alembic_version')"))
        query = text("select version_num from alembic_version")
        current = await connection.scalar(query) if known else None
    if current != head:
        raise WrongRevision(
            f"DATABASE_URL leads to a database at revision {current}, and {service} needs {head}: "
            f"bring it there, for example: python -m common.migrate {service} upgrade head"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
