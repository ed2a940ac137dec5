"""The tables of the portal: ids, roles, sealed texts and keyed hashes; no name and no address."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.contracts.vocabulary import Role
from common.database import NAMING
from common.statements import one_of
from portal.domain.letters import CODES, Kind

metadata = MetaData(naming_convention=NAMING)

# Heard from intake; an index of the address is made by the clock, or when somebody signs in.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("language", Text, nullable=False),
    Column("sealed", JSONB, nullable=False),
    Column("email_index", Text, index=True),
    Column("version", Integer, nullable=False),
)
TO_INDEX = text("email_index is null and sealed ? 'email'")
Index("ix_accounts_to_index", accounts.c.id, postgresql_where=TO_INDEX)
# Read by the release before, which may still run beside this one.
Index(
    "ix_accounts_without_index",
    accounts.c.id,
    postgresql_where=accounts.c.email_index.is_(None),
)

grants = Table(
    "grants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("role", one_of(Role), nullable=False),
    Column("association_id", Uuid, index=True),
    Column("held", Boolean, nullable=False),
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
    Column("association_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

# Who is concerned by a referral, a pair or a young person: to know whom to write to.
referrals = Table(
    "referrals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mentee_id", Uuid, nullable=False),
    Column("prescriber_id", Uuid),
    Column("version", Integer, nullable=False),
)

guardians = Table(
    "guardians",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mentee_id", Uuid, nullable=False, index=True),
    Column("guardian_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
)

pairs = Table(
    "pairs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("association_id", Uuid, nullable=False),
    Column("referral_id", Uuid, nullable=False),
    Column("mentor_id", Uuid, nullable=False),
    Column("mentee_id", Uuid, nullable=False),
    Column("guardian_id", Uuid),
    Column("version", Integer, nullable=False),
)

forgotten = Table("forgotten", metadata, Column("person_id", Uuid, primary_key=True))

attempts = Table(
    "attempts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email_index", Text, nullable=False),
    Column("browser", Text, nullable=False, index=True),
    Column("client", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("used", Boolean, nullable=False),
)
Index("ix_attempts_address", attempts.c.email_index, attempts.c.asked_at)
Index("ix_attempts_client", attempts.c.client, attempts.c.asked_at)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", Text, primary_key=True),
    Column("email_index", Text, nullable=False, index=True),
    Column("person_id", Uuid, index=True),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
)

calendars = Table(
    "calendars",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
)

mails = Table(
    "mails",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, index=True),
    Column("kind", one_of(Kind), nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("sealed", JSONB, nullable=False),
    # Real time: mail leaves in the real world, whatever the simulated clock says.
    Column("created_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
    Column("next_try_at", DateTime(timezone=True), server_default=func.now()),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("sent_at", DateTime(timezone=True)),
)
Index("ix_mails_created_at", mails.c.created_at)
Index(
    "ix_mails_waiting",
    mails.c.next_try_at,
    postgresql_where=mails.c.next_try_at.is_not(None),
)

Index(
    "ix_mails_codes_waiting",
    mails.c.next_try_at,
    postgresql_where=mails.c.next_try_at.is_not(None) & mails.c.kind.in_(sorted(CODES)),
)

# Pairs are not among them: hearing of one also makes a mail, which a rebuild must not.
PROJECTIONS = (accounts, grants, associations, programmes, referrals, guardians)
