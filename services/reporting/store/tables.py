"""What reporting keeps: every event as a moment of a timeline, and the facts to count by.

No name, no text, no key: ids, times and coarse choices. Every row is the same whatever the
order of the events and however often they come.
"""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from common.database import NAMING

metadata = MetaData(naming_convention=NAMING)

moments = Table(
    "moments",
    metadata,
    Column("subject", Text, nullable=False),
    Column("about_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("association_id", Uuid),
    Column("referral_id", Uuid, index=True),
    # The pair, proposal or authorisation by which an event belongs to a journey.
    Column("thread_id", Uuid, index=True),
    Column("programme_id", Uuid),
    Column("offer_id", Uuid),
    Column("facts", JSONB, nullable=False),
    PrimaryKeyConstraint("subject", "about_id", "version"),
    Index("ix_moments_kind_occurred_at", "kind", "occurred_at"),
    Index("ix_moments_about_id", "about_id"),
    Index("ix_moments_occurred_at", "occurred_at"),
)

referrals = Table(
    "referrals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mentee_id", Uuid, nullable=False, index=True),
    Column("prescriber_id", Uuid, index=True),
    Column("door", Text, nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
)

# What was known of the mentee at each time, so that a later word changes no earlier figure.
referral_facets = Table(
    "referral_facets",
    metadata,
    Column("referral_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("age_band", Text, nullable=False),
    Column("gender", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("setting", Text, nullable=False),
    Column("axis", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("rural", Boolean, nullable=False),
    Column("priority_district", Boolean),
    Column("publics", ARRAY(Text), nullable=False),
    PrimaryKeyConstraint("referral_id", "version"),
)

pairs = Table(
    "pairs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("referral_id", Uuid, nullable=False, index=True),
    Column("mentee_id", Uuid, nullable=False, index=True),
    Column("association_id", Uuid, nullable=False),
    Column("programme_id", Uuid, nullable=False),
    Column("remote", Boolean, nullable=False),
    Column("formed_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
)

associations = Table(
    "associations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

programmes = Table(
    "programmes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
)

# Of the erased, only what their id was turned into: enough to turn it again when a fact is late.
forgotten = Table("forgotten", metadata, Column("token", Uuid, primary_key=True))

# What a rebuild empties and hears again; those who were forgotten stay so.
PROJECTIONS = (moments, referrals, referral_facets, pairs, associations, programmes, offers)
