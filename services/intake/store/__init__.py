"""Where intake keeps what it knows: its tables, and every query on them."""

from intake.imports import tables as import_tables
from intake.store import people_tables, tables
from intake.store.tables import metadata

__all__ = ["ANNOUNCED", "import_tables", "metadata", "people_tables"]

# What others know by its version. A programme is left out: its version names its policies.
ANNOUNCED = (
    tables.associations,
    tables.grants,
    tables.offers,
    tables.referrals,
    tables.mentors,
    people_tables.people,
    people_tables.authorisations,
    people_tables.adherences,
    people_tables.protections,
)
