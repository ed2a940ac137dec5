"""The tables of people: sealed identity, keyed hashes, consents, erasures and who read what."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Identity, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from common import keys
from common.contracts.intake.consents import AuthorisationKind
from common.contracts.intake.people import Ground
from common.statements import one_of
from intake.domain.consents import Answer
from intake.domain.duplicates import Verdict
from intake.domain.people import Part
from intake.store.tables import Moment, metadata

person_keys = keys.person_keys.to_metadata(metadata)

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("part", one_of(Part), nullable=False),
    Column("language", Text, nullable=False),
    Column("sealed", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    Column("erased", Boolean, nullable=False),
)

# Keyed hashes by which an entry finds an older one of the same person; nobody can read them back.
fingerprints = Table(
    "fingerprints",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("person_id", Uuid, primary_key=True, index=True),
    Column("part", one_of(Part), nullable=False),
    Column("trace", Text, nullable=False),
)

# The key of those hashes: one row, sealed like everything that must not be read from a backup.
index_keys = Table(
    "index_keys",
    metadata,
    Column("owner_id", Uuid, primary_key=True),
    Column("sealed", Text, nullable=False),
)

suspicions = Table(
    "suspicions",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("known_id", Uuid, primary_key=True, index=True),
    Column("traces", JSONB, nullable=False),
    Column("noticed_at", Moment, nullable=False),
    Column("verdict", one_of(Verdict), nullable=False),
    Column("decided_by", Uuid),
    Column("decided_at", Moment),
)

guardianships = Table(
    "guardianships",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mentee_id", Uuid, nullable=False, index=True),
    Column("guardian_id", Uuid, nullable=False, index=True),
)

authorisations = Table(
    "authorisations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mentee_id", Uuid, nullable=False, index=True),
    Column("guardian_id", Uuid, nullable=False, index=True),
    Column("referral_id", Uuid, nullable=False, index=True),
    Column("kind", one_of(AuthorisationKind), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("answer", one_of(Answer), nullable=False),
    Column("answered_at", Moment),
    Column("on_paper", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

adherences = Table(
    "adherences",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mentee_id", Uuid, nullable=False, unique=True),
    Column("given", Boolean, nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("on_paper", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

protections = Table(
    "protections",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mentee_id", Uuid, nullable=False, unique=True),
    Column("evaluated_on", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("version", Integer, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False, unique=True),
    Column("guardian_id", Uuid),
    Column("asked_by", Uuid),
    Column("ground", one_of(Ground), nullable=False),
    Column("key_destroyed_at", Moment, nullable=False),
    Column("forgotten_at", JSONB, nullable=False),
)

# Who opened whose card, and when.
accesses = Table(
    "accesses",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("reader_id", Uuid, nullable=False, index=True),
    Column("at", Moment, nullable=False),
)
