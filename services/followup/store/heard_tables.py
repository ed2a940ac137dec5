"""The tables of what followup heard from others."""

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from common.database import NAMING
from common.statements import one_of
from followup.domain.heard import Topic

metadata = MetaData(naming_convention=NAMING)

MOMENT = DateTime(timezone=True)

associations = Table(
    "associations",
    metadata,
    Column("association_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
)

programmes = Table(
    "programmes",
    metadata,
    Column("programme_id", Uuid, primary_key=True),
    # Every version stays: an agreement is read with the policy that it copied.
    Column("policy_version", Integer, primary_key=True),
    Column("association_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("policy", JSONB, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("language", Text, nullable=False),
    # Field name to sealed text.
    Column("sealed", JSONB, nullable=False),
)

# Apart from `people`, which a rebuild empties and fills again: nobody comes back.
erased_people = Table(
    "erased_people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("erased_at", MOMENT, nullable=False),
)

heard = Table(
    "heard",
    metadata,
    Column("topic", one_of(Topic), primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("detail", Text, primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("holds", Boolean, nullable=False),
    Column("until", Date),
    Column("other_id", Uuid),
    Column("settings", JSONB, nullable=False),
)
Index("ix_heard_other_id", heard.c.other_id, postgresql_where=heard.c.topic == "guardianship")
