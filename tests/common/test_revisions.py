"""A release works on a database that a newer one only added to, and on no other but its own."""

import asyncio
import io
import re
from pathlib import Path

import pytest
from alembic import command
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from common import database
from common.migrate import WrongRevision, assert_served, configuration
from local.ports import SERVICES

MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, oldest_code = {revision!r}, {before!r}, {oldest_code!r}
branch_labels = depends_on = None


def upgrade():
    op.create_table({revision!r}, sa.Column("id", sa.Uuid(), primary_key=True))


def downgrade():
    op.drop_table({revision!r})
"""
# Of three releases: the second only adds, the third takes away what the second does without.
RELEASES = {"first": None, "second": None, "third": "second"}
# What an older release would stumble over.
TAKES = re.compile(
    r"^\s*(?:drop|truncate|delete|alter table \S+ "
    r"(?:drop|rename|alter (?!column \S+ set default)|add constraint|"
    r"add column (?!.*default).*not null))\b.*",
    re.IGNORECASE | re.MULTILINE,
)


@pytest.fixture
def orchard(tmp_path, postgres, monkeypatch, request):
    """A service that no release knows, its migrations and its empty database."""
    package = tmp_path / f"orchard_{tmp_path.name}"
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "store.py").write_text("from sqlalchemy import MetaData\nmetadata = MetaData()\n")
    monkeypatch.syspath_prepend(tmp_path)
    name = f"orchard_{request.node.name}"[:50]
    postgres.add_databases([name], owner="intake")
    return Orchard(package, postgres.url("intake", name))


class Orchard:
    """Whichever release of it is laid out, that is the code."""

    def __init__(self, package: Path, url: str) -> None:
        self.package, self.url = package, url

    def lay_out(self, newest):
        """Let the code be that of a release: it has this migration and those before it."""
        for old in (self.package / "migrations").glob("*.py"):
            old.unlink()
        before = None
        for revision, oldest_code in RELEASES.items():
            text = MIGRATION.format(revision=revision, before=before, oldest_code=oldest_code)
            (self.package / "migrations" / f"{revision}.py").write_text(text)
            before = revision
            if revision == newest:
                return

    async def migrate(self, how=command.upgrade, to="head"):
        config = configuration(self.package.name)
        config.attributes["database_url"] = self.url
        # Its environment has a loop of its own.
        await asyncio.to_thread(how, config, to)

    async def starts(self):
        engine = database.connect(self.url)
        try:
            await assert_served(engine, self.package.name)
        except WrongRevision:
            return False
        finally:
            await engine.dispose()
        return True


async def starting(orchard):
    """Say which releases start on the database as it is."""
    found = set()
    for release in RELEASES:
        orchard.lay_out(release)
        if await orchard.starts():
            found.add(release)
    return found


async def test_a_release_starts_on_what_a_newer_one_only_added_to(orchard):
    assert await starting(orchard) == set()
    orchard.lay_out("first")
    await orchard.migrate()
    assert await starting(orchard) == {"first"}
    orchard.lay_out("second")
    await orchard.migrate()
    assert await starting(orchard) == {"first", "second"}
    orchard.lay_out("third")
    await orchard.migrate()
    assert await starting(orchard) == {"second", "third"}


async def test_a_way_back_serves_again_whom_it_served_before(orchard):
    orchard.lay_out("third")
    await orchard.migrate()
    await orchard.migrate(command.downgrade, "-1")
    assert await starting(orchard) == {"first", "second"}


async def test_a_release_that_is_rolled_back_leaves_a_newer_database_as_it_is(orchard, capsys):
    orchard.lay_out("second")
    await orchard.migrate()
    orchard.lay_out("first")
    await orchard.migrate()
    assert "the database is of a newer release, and serves this one" in capsys.readouterr().out
    assert await starting(orchard) == {"first", "second"}


def statements_of(script):
    """Write down in SQL what a migration does."""
    told = io.StringIO()
    opts = {"as_sql": True, "output_buffer": told}
    with Operations.context(MigrationContext.configure(dialect_name="postgresql", opts=opts)):
        script.module.upgrade()
    return told.getvalue()


@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_that_says_so_only_adds(service):
    scripts = ScriptDirectory.from_config(configuration(service))
    for script in scripts.walk_revisions():
        if script.module.oldest_code is None:
            assert TAKES.findall(statements_of(script)) == [], script.path


def test_what_takes_something_away_is_told_from_what_adds():
    taking = ["DROP TABLE a;", "ALTER TABLE a ALTER COLUMN b SET NOT NULL;", "truncate a"]
    adding = [
        "CREATE INDEX c ON a (b);",
        "ALTER TABLE a ADD COLUMN b INTEGER DEFAULT 0 NOT NULL;",
        "ALTER TABLE a ALTER COLUMN b SET DEFAULT now();",
    ]
    assert TAKES.findall("\n".join(taking + adding)) == taking
    assert TAKES.search("ALTER TABLE a ADD COLUMN b INTEGER NOT NULL;")
