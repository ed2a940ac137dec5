"""The tables of matching: what it heard from others, and what it decided about one mentee."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from common.database import NAMING
from common.statements import one_of
from matching.domain.proposals import ProposedBy, Status

metadata = MetaData(naming_convention=NAMING)

# Marks a column of a projection that names a person beside whom the row is about.
PERSON = "person"
BESIDE = {PERSON: True}


class ReferralState(StrEnum):
    """What intake last said of a referral."""

    ACCEPTED = "accepted"
    COMPLETED = "completed"
    ENDED = "ended"


class MentorState(StrEnum):
    """What intake last said of a mentor."""

    AVAILABLE = "available"
    PAUSED = "paused"
    LEFT = "left"


associations = Table(
    "associations",
    metadata,
    Column("association_id", Uuid, primary_key=True),
    Column("pooled_with", ARRAY(Uuid), nullable=False),
    Column("version", Integer, nullable=False),
)

policies = Table(
    "policies",
    metadata,
    Column("programme_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("association_id", Uuid, nullable=False),
    Column("policy", JSONB, nullable=False),
)

# State and facets have a version each, because an end may be heard of before the beginning.
referrals = Table(
    "referrals",
    metadata,
    Column("referral_id", Uuid, primary_key=True),
    Column("state", one_of(ReferralState), nullable=False),
    Column("state_version", Integer, nullable=False),
    Column("facets_version", Integer, server_default="0", nullable=False),
    Column("mentee_id", Uuid, index=True),
    Column("association_id", Uuid),
    Column("programme_id", Uuid),
    Column("facets", JSONB),
    Column("waiting_since", DateTime(timezone=True)),
    Column("guardian_id", Uuid, info=BESIDE),
    Column("prescriber_id", Uuid, info=BESIDE),
)
Index(
    "ix_referrals_waiting",
    referrals.c.association_id,
    referrals.c.programme_id,
    postgresql_where=text("state = 'accepted'"),
)
for beside in (referrals.c.guardian_id, referrals.c.prescriber_id):
    Index(f"ix_referrals_{beside.name}", beside, postgresql_where=beside.is_not(None))

mentors = Table(
    "mentors",
    metadata,
    Column("mentor_id", Uuid, primary_key=True),
    Column("state", one_of(MentorState), nullable=False),
    Column("state_version", Integer, nullable=False),
    Column("state_since", DateTime(timezone=True), nullable=False),
    Column("facets_version", Integer, server_default="0", nullable=False),
    Column("association_id", Uuid, index=True),
    Column("programme_ids", ARRAY(Uuid)),
    Column("facets", JSONB),
    # Names the facets by their content, so that what was read of them once need not be again.
    Column("facets_digest", Text),
    Column("screened_until", Date),
)

readiness = Table(
    "readiness",
    metadata,
    Column("readiness_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("mentor_id", Uuid, index=True, info=BESIDE),
    Column("programme_id", Uuid, nullable=False),
)

pair_endings = Table(
    "pair_endings",
    metadata,
    Column("pair_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    # False: the pair was opened again.
    Column("closed", Boolean, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("referral_id", Uuid, nullable=False, index=True),
    Column("mentee_id", Uuid, index=True, info=BESIDE),
    Column("mentor_id", Uuid, index=True, info=BESIDE),
    Column("before_term", Boolean, nullable=False),
    Column("rematch_mentee", Boolean, nullable=False),
    Column("rematch_mentor", Boolean, nullable=False),
)

# Who was erased: a fact that comes late must find them gone.
forgotten = Table(
    "forgotten",
    metadata,
    Column("person_id", Uuid, primary_key=True),
)

PROJECTIONS = (
    associations,
    policies,
    referrals,
    mentors,
    readiness,
    pair_endings,
    forgotten,
)

# How often anything changed on the mentors' side of an association. A rebuild counts on.
pools = Table(
    "pools",
    metadata,
    Column("association_id", Uuid, primary_key=True),
    Column("changes", BigInteger, server_default="0", nullable=False),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("association_id", Uuid, nullable=False),
    Column("referral_id", Uuid, nullable=False, index=True),
    # Null once the person was erased: the row stays as a statistic.
    Column("mentee_id", Uuid, index=True),
    Column("mentor_id", Uuid),
    Column("programme_id", Uuid, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("proposed_by", one_of(ProposedBy), nullable=False),
    Column("proposer_id", Uuid, index=True),
    Column("fit", Float, nullable=False),
    Column("contributions", JSONB, nullable=False),
    Column("remote", Boolean, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("remind_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("reminded", Boolean, nullable=False),
    Column("status", one_of(Status), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("reason", Text),
    Column("version", Integer, nullable=False),
    # What was held of both sides then: only what is newer can make an open proposal impossible.
    Column("referral_version", Integer, nullable=False),
    Column("mentor_version", Integer, nullable=False),
)
Index("ix_proposals_association_id", proposals.c.association_id, proposals.c.id)
Index("ix_proposals_mentor_id", proposals.c.mentor_id, proposals.c.id)
# The promise of one open proposal per mentee, kept by the database whatever the code does.
Index(
    "uq_proposals_open_mentee",
    proposals.c.mentee_id,
    unique=True,
    postgresql_where=text("status = 'open'"),
)
Index(
    "ix_proposals_engaging",
    proposals.c.mentor_id,
    postgresql_where=text("status in ('open', 'accepted')"),
)
Index(
    "ix_proposals_due",
    proposals.c.expires_at,
    postgresql_where=text("status = 'open'"),
)

# What came of looking for a mentor, referral by referral.
searches = Table(
    "searches",
    metadata,
    Column("referral_id", Uuid, primary_key=True),
    # How many times it was announced that nobody was found.
    Column("version", Integer, nullable=False),
    Column("due", Boolean, nullable=False),
    Column("facets_version", Integer, nullable=False),
    Column("policy_version", Integer, server_default="0", nullable=False),
    Column("searched_at", DateTime(timezone=True), nullable=False),
    # The changes of each pool that was searched, as counted then.
    Column("pools_seen", JSONB(none_as_null=True)),
    # Null: somebody was found, or the search begins anew.
    Column("blocked", JSONB(none_as_null=True)),
)

# Whose forgetting was carried out here and announced.
farewells = Table(
    "farewells",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("said_at", DateTime(timezone=True), nullable=False),
)
