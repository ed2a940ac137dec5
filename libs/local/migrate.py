"""Bring the six databases of a running platform up to date: `python -m local.migrate`."""

from alembic import command

from common.migrate import configuration
from local.arguments import main_of, read
from local.platform import Platform
from local.ports import SERVICES


def migrate() -> None:
    surroundings = Platform.found_in(read(__doc__).home).surroundings
    for service in SERVICES:
        config = configuration(service)
        config.attributes["database_url"] = surroundings.database_url(service)
        command.upgrade(config, "head")


if __name__ == "__main__":
    main_of(migrate)
