"""What training keeps: what it heard of mentors and programmes, and its own sessions.

Names are kept sealed, and nothing here is a free text.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from common.contracts.training import SessionKind
from common.database import NAMING
from common.statements import one_of
from training.domain.paths import MentorState
from training.domain.sessions import SessionState, SignUpState

metadata = MetaData(naming_convention=NAMING)

associations = Table(
    "associations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

programmes = Table(
    "programmes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("association_id", Uuid, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("modules", JSONB, nullable=False),
    Column("exchange", JSONB, nullable=False),
    Column("remote", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

mentors = Table(
    "mentors",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("association_id", Uuid, nullable=False),
    Column("programme_ids", ARRAY(Uuid), nullable=False),
    Column("state", one_of(MentorState), nullable=False),
    Column("version", Integer, nullable=False),
    # Something happened that may have completed a path: somebody must look.
    Column("to_look_at", Boolean, nullable=False),
)
Index("ix_mentors_to_look_at", mentors.c.id, postgresql_where=mentors.c.to_look_at)
Index("ix_mentors_programme_ids", mentors.c.programme_ids, postgresql_using="gin")

suspensions = Table(
    "suspensions",
    metadata,
    Column("mentor_id", Uuid, primary_key=True),
    Column("suspended", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("association_id", Uuid),
    Column("held", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("given_name", Text),
    Column("family_name", Text),
    Column("version", Integer, nullable=False),
)

# Whoever is here is never kept again, however late a fact about them comes.
forgotten = Table("forgotten", metadata, Column("person_id", Uuid, primary_key=True))

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("association_id", Uuid, nullable=False),
    Column("programme_id", Uuid),
    Column("kind", one_of(SessionKind), nullable=False),
    Column("modules", ARRAY(Text), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("places", Integer, nullable=False),
    Column("remote", Boolean, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("state", one_of(SessionState), nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("taken between 0 and places", name="no_more_than_the_places"),
    Index("ix_sessions_calendar", "association_id", "starts_at", "id"),
)

sign_ups = Table(
    "sign_ups",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", ForeignKey(sessions.c.id), nullable=False),
    Column("association_id", Uuid, nullable=False),
    Column("person_id", Uuid, index=True),
    Column("state", one_of(SignUpState), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    # One person has one sign-up in a session; those of the erased do not meet.
    UniqueConstraint("session_id", "person_id"),
)

readiness = Table(
    "readiness",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mentor_id", Uuid),
    Column("programme_id", Uuid, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("ready_at", DateTime(timezone=True), nullable=False),
    Column("minutes", Integer, nullable=False),
    UniqueConstraint("mentor_id", "programme_id"),
)

exchange_plans = Table(
    "exchange_plans",
    metadata,
    Column("programme_id", Uuid, primary_key=True),
    Column("planned_to", Date),
    Column("policy_version", Integer, nullable=False),
    Column("look_again_on", Date, nullable=False),
)

# What a rebuild empties and hears again; those who were forgotten stay so.
PROJECTIONS = (associations, programmes, mentors, suspensions, grants, people)
