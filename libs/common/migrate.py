"""Alembic for one service: `python -m common.migrate matching upgrade head`."""

import sys
from importlib import import_module
from pathlib import Path

from alembic.config import CommandLine, Config
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncEngine

from common.revisions import is_known, standing
from common.settings import setting

# The tables that every service has.
COMMON_TABLES = ("outbox", "inbox", "quarantine", "idempotency")


class WrongRevision(Exception):
    """This code may not work on the database as it is."""


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


async def assert_served(engine: AsyncEngine, service: str) -> None:
    """Refuse a database that is behind this code, or that no longer serves it."""
    scripts = ScriptDirectory.from_config(configuration(service))
    head = scripts.get_current_head()
    async with engine.connect() as connection:
        found = await connection.run_sync(standing)
    if not found.serves(head):
        mend = (
            f"bring it there, for example: python -m common.migrate {service} upgrade head"
            if is_known(scripts, found.revision)
            else "it is of another service, or of a release that leaves this one behind; "
            f"for example, start the newest release of {service}"
        )
        raise WrongRevision(
            f"DATABASE_URL leads to a database at revision {found.revision}, "
            f"and {service} needs {head}: {mend}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
