"""Which releases may work on a database: what a migration adds hinders none, what it takes does.

Every migration says so with `oldest_code`: None if it only adds, else the oldest revision whose
code does without what it takes away. The database keeps, for releases that are too old to know
its newest migrations, the list of all revisions whose code may work on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Column, Connection, MetaData, Table, Text, delete, insert, inspect, select

# Of no service's own tables: like Alembic's, it is there before the first of them is.
served_revisions = Table("served_revisions", MetaData(), Column("revision", Text, primary_key=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a database stands, and whose code it serves."""

    revision: str | None
    served: frozenset[str]

    def serves(self, head: str | None) -> bool:
        return head == self.revision or {head, self.revision} <= self.served


def standing(connection: Connection) -> Standing:
    noted = inspect(connection).has_table(served_revisions.name)
    return Standing(
        revision=MigrationContext.configure(connection).get_current_revision(),
        served=frozenset(connection.scalars(select(served_revisions)) if noted else ()),
    )


def is_ahead(connection: Connection, scripts: ScriptDirectory) -> bool:
    """Tell whether a newer release brought the database to where this one may still work on it."""
    found = standing(connection)
    return not is_known(scripts, found.revision) and found.serves(scripts.get_current_head())


def is_known(scripts: ScriptDirectory, revision: str | None) -> bool:
    try:
        scripts.get_revisions(revision or ())
    except CommandError:
        return False
    return True


def note_down(connection: Connection, scripts: ScriptDirectory, revision: str | None) -> None:
    """Keep whose code it serves, in the transaction that brings the database there."""
    served_revisions.create(connection, checkfirst=True)
    connection.execute(delete(served_revisions))
    rows = [{"revision": each} for each in served_at(scripts, revision)]
    if rows:
        connection.execute(insert(served_revisions), rows)


def served_at(scripts: ScriptDirectory, revision: str | None) -> Iterator[str]:
    """Name the revisions whose code may work on a database at this one, newest first."""
    limits: set[str | None] = set()
    for each in scripts.iterate_revisions(revision, "base"):
        yield each.revision
        limits.add(each.module.oldest_code)
        if each.revision in limits:
            return
