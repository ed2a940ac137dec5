"""Bring the databases of a running platform up to date: `python -m local.migrate`."""

from alembic import command

from common.migrate import configuration
from local.arguments import main_of, read
from local.platform import Platform


def migrate() -> None:
    told = read(__doc__)
    platform = Platform.found_in(told.home)
    for service in told.services or platform.services:
        config = configuration(service)
        config.attributes["database_url"] = platform.surroundings.database_url(service)
        command.upgrade(config, "head")


if __name__ == "__main__":
    main_of(migrate)
