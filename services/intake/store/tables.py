"""The tables of cases: the catalogue, referrals, mentors, pairs; free texts are sealed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.contracts.intake.referrals import DeclineReason
from common.contracts.vocabulary import AgeBand, Axis, Door, Role
from common.database import NAMING
from common.statements import one_of
from intake.domain import mentors as mentor
from intake.domain import referrals as referral
from intake.domain.pairs import Phase

metadata = MetaData(naming_convention=NAMING)

Moment = DateTime(timezone=True)
NO_TEXTS = text("'{}'::jsonb")
NOTHING_YET = text("'[]'::jsonb")

associations = Table(
    "associations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("place", JSONB, nullable=False),
    Column("pooled_with", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("role", one_of(Role), nullable=False),
    Column("association_id", Uuid, index=True),
    Column("revoked", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

programmes = Table(
    "programmes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("association_id", Uuid, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("policy", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
)

# Every version that was ever in force: referrals are answered under the one they were asked under.
policies = Table(
    "policies",
    metadata,
    Column("programme_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("policy", JSONB, nullable=False),
    Column("published_at", Moment, nullable=False),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("association_id", Uuid, nullable=False, index=True),
    Column("programme_id", Uuid, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("place", JSONB, nullable=False),
    Column("reach_km", Integer, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("announced_taken", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)

# A place came up in an offer. Only ever added to, so that nobody waits for a lock on the offer.
openings = Table(
    "openings",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("offer_id", Uuid, nullable=False, index=True),
    Column("at", Moment, nullable=False),
    # The look at those who wait that counts with it.
    Column("sweep_id", Uuid),
    Column("looked_into", Boolean, nullable=False, server_default=text("false")),
)
Index("ix_openings_new", openings.c.at, postgresql_where=~openings.c.looked_into)

referrals = Table(
    "referrals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mentee_id", Uuid, nullable=False, index=True),
    Column("guardian_id", Uuid, index=True),
    Column("door", one_of(Door), nullable=False),
    Column("prescriber_id", Uuid, index=True),
    Column("origin_id", Uuid, index=True),
    Column("facets", JSONB(none_as_null=True)),
    Column("youngest", Integer, nullable=False),
    Column("oldest", Integer, nullable=False),
    Column("minutes_a_month", Integer),
    Column("reachable", Boolean, nullable=False),
    Column("chooses", Boolean, nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("last_contact_at", Moment, nullable=False),
    Column("sealed", JSONB, nullable=False, server_default=NO_TEXTS),
    Column("status", one_of(referral.Status), nullable=False),
    Column("version", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("asked", JSONB(none_as_null=True)),
    Column("refusals", JSONB, nullable=False, server_default=NOTHING_YET),
    Column("accepted_at", Moment),
    Column("waiting", JSONB(none_as_null=True)),
    Column("choose_by", Moment),
    Column("looked_in", Uuid),
    # Read by the release before, and by no other.
    Column("looked_at", Moment),
    Column("forget_at", Moment),
    Column("pair_id", Uuid),
    Column("ended_at", Moment),
    # Derived from the rest, to be searched by.
    Column("custodian_id", Uuid),
    Column("offer_id", Uuid),
    Column("due_at", Moment),
    # What a statistics row keeps when everything else was forgotten.
    Column("age_band", one_of(AgeBand), nullable=False),
    Column("axis", one_of(Axis), nullable=False),
    Column("department", Text, nullable=False),
)
Index("ix_referrals_cases", referrals.c.custodian_id, referrals.c.id)
Index("ix_referrals_due", referrals.c.due_at, postgresql_where=referrals.c.due_at.is_not(None))
Index("ix_referrals_old", referrals.c.forget_at, postgresql_where=referrals.c.facets.is_not(None))
HOLDING = [*sorted(referral.PLACED), referral.Status.OFFERED]
Index(
    "ix_referrals_places",
    referrals.c.offer_id,
    referrals.c.status,
    postgresql_where=referrals.c.status.in_(HOLDING),
)
Index(
    "ix_referrals_waiting",
    referrals.c.submitted_at,
    postgresql_where=referrals.c.status == referral.Status.WAITING_LIST,
)

# How associations answered: all that one keeps of a referral which it did not take.
answers = Table(
    "answers",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("association_id", Uuid, nullable=False, index=True),
    Column("offer_id", Uuid, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("answered_at", Moment, nullable=False),
    Column("answer", one_of(referral.Status), nullable=False),
    Column("reason", one_of(DeclineReason)),
)

mentors = Table(
    "mentors",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("association_id", Uuid, nullable=False),
    Column("programme_ids", JSONB, nullable=False),
    Column("facets", JSONB(none_as_null=True)),
    Column("applied_at", Moment, nullable=False),
    Column("sealed", JSONB, nullable=False),
    Column("status", one_of(mentor.Status), nullable=False),
    Column("seen", JSONB, nullable=False),
    Column("refusal", one_of(mentor.RefusalReason)),
    Column("left_at", Moment),
    Column("forget_at", Moment),
    Column("version", Integer, nullable=False),
)
Index("ix_mentors_cases", mentors.c.association_id, mentors.c.id)
Index("ix_mentors_old", mentors.c.forget_at, postgresql_where=mentors.c.facets.is_not(None))

pairs = Table(
    "pairs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("referral_id", Uuid, nullable=False, index=True),
    Column("association_id", Uuid, nullable=False),
    Column("mentee_id", Uuid, nullable=False, index=True),
    Column("mentor_id", Uuid, nullable=False, index=True),
    Column("phase", one_of(Phase), nullable=False),
    Column("followup_version", Integer, nullable=False),
    Column("signed", Boolean, nullable=False),
)
