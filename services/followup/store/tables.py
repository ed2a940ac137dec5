"""The tables of what followup looks after."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.contracts.followup.alerts import AlertKind, AlertLevel
from common.contracts.followup.care import ContactKind
from common.contracts.followup.endings import GoalsReached, OutcomeKind, OutcomeStage
from common.contracts.followup.pairs import CloseReason, Side
from common.contracts.policy import Signatory
from common.contracts.vocabulary import Modality, Setting
from common.statements import one_of
from followup.domain.agreements import AgreementStatus
from followup.domain.endings import Impossible
from followup.domain.pairs import ContactAfter, Status
from followup.store.heard_tables import MOMENT, metadata

pairs = Table(
    "pairs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("association_id", Uuid, nullable=False),
    Column("referral_id", Uuid, nullable=False, index=True),
    Column("mentee_id", Uuid, nullable=False, index=True),
    Column("mentor_id", Uuid, nullable=False, index=True),
    Column("guardian_id", Uuid, index=True),
    Column("programme_id", Uuid, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("setting", one_of(Setting), nullable=False),
    Column("remote", Boolean, nullable=False),
    Column("formed_at", MOMENT, nullable=False),
    Column("made_by", Uuid),
    Column("first_meeting_due", MOMENT, nullable=False),
    Column("status", one_of(Status), nullable=False),
    Column("version", Integer, nullable=False),
    Column("missing", JSONB, nullable=False),
    Column("gates_until", Date),
    Column("meeting_at", MOMENT),
    Column("meeting_modality", one_of(Modality)),
    Column("meeting_place", Text),
    Column("staff_id", Uuid),
    Column("attendance_due", MOMENT),
    Column("met_at", MOMENT),
    Column("agreement_id", Uuid),
    Column("sign_by", MOMENT),
    Column("terms", JSONB(none_as_null=True)),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("next_meeting_at", MOMENT),
    Column("paused_since", MOMENT),
    Column("closing_reason", one_of(CloseReason)),
    Column("closing_by", one_of(Side)),
    Column("closing_since", MOMENT),
    Column("closed_at", MOMENT),
    Column("rematch_mentee", Boolean),
    Column("rematch_mentor", Boolean),
    Column("contact_after", one_of(ContactAfter)),
    Column("erased", Boolean, nullable=False),
    Column("next_due", MOMENT),
)
Index("ix_pairs_association_id_id", pairs.c.association_id, pairs.c.id)
Index("ix_pairs_next_due", pairs.c.next_due, postgresql_where=pairs.c.next_due.is_not(None))

rests = Table(
    "rests",
    metadata,
    Column("pair_id", ForeignKey(pairs.c.id), primary_key=True),
    Column("start", MOMENT, primary_key=True),
    Column("end", MOMENT),
)

agreements = Table(
    "agreements",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pair_id", ForeignKey(pairs.c.id), nullable=False, index=True),
    Column("association_id", Uuid, nullable=False),
    Column("template", Text, nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("signatories", JSONB, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("text", Text),
    Column("key_id", Uuid),
    Column("prepared_at", MOMENT, nullable=False),
    Column("sign_by", MOMENT, nullable=False),
    Column("status", one_of(AgreementStatus), nullable=False),
    Column("signed_at", MOMENT),
    Column("starts_on", Date),
    Column("ends_on", Date),
    # What an older release writes is looked at, and then knows its day.
    Column("next_due", MOMENT, server_default=func.now()),
)
Index(
    "ix_agreements_next_due",
    agreements.c.next_due,
    postgresql_where=agreements.c.next_due.is_not(None),
)

# Whoever is erased is looked for among all who sign.
Index(
    "ix_agreements_signatories",
    agreements.c.signatories,
    postgresql_using="gin",
    postgresql_ops={"signatories": "jsonb_path_ops"},
)

signings = Table(
    "signings",
    metadata,
    Column("agreement_id", ForeignKey(agreements.c.id), primary_key=True),
    Column("capacity", one_of(Signatory), primary_key=True),
    Column("person_id", Uuid, primary_key=True, index=True),
    Column("log", JSONB, nullable=False),
    Column("channel", Text),
    Column("code_hash", Text),
    Column("code_sent_at", MOMENT),
    Column("tries", SmallInteger, nullable=False),
)

proofs = Table(
    "proofs",
    metadata,
    Column("agreement_id", ForeignKey(agreements.c.id), primary_key=True),
    # One signature for each capacity, whoever clicks, and however many at once.
    Column("capacity", one_of(Signatory), primary_key=True),
    Column("number", SmallInteger, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("signature", Text, nullable=False),
    UniqueConstraint("agreement_id", "number"),
)

goals = Table(
    "goals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pair_id", ForeignKey(pairs.c.id), nullable=False, index=True),
    Column("text", Text),
    Column("added_by", Uuid, nullable=False),
    Column("added_at", MOMENT, nullable=False),
    Column("achieved_at", MOMENT),
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pair_id", ForeignKey(pairs.c.id), nullable=False),
    Column("held_at", MOMENT, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("modality", one_of(Modality), nullable=False),
    Column("goals", JSONB, nullable=False),
    Column("word", Text),
    Column("important", Boolean, nullable=False),
    Column("logged_by", Uuid, nullable=False),
    Column("logged_at", MOMENT, nullable=False),
    # Told by mentor and mentee both, it is still one meeting.
    UniqueConstraint("pair_id", "held_at"),
)

# What others of the pair say of a meeting that was told before.
retellings = Table(
    "retellings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("meeting_id", ForeignKey(meetings.c.id), nullable=False),
    Column("pair_id", ForeignKey(pairs.c.id), nullable=False, index=True),
    Column("word", Text),
    Column("told_by", Uuid, nullable=False),
    Column("told_at", MOMENT, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pair_id", ForeignKey(pairs.c.id), nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("kind", one_of(ContactKind), nullable=False),
    Column("logged_by", Uuid, nullable=False),
    UniqueConstraint("pair_id", "at", "kind"),
)

check_ins = Table(
    "check_ins",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pair_id", ForeignKey(pairs.c.id), nullable=False, index=True),
    Column("side", one_of(Side), nullable=False),
    Column("mood", SmallInteger, nullable=False),
    Column("note", Text),
    Column("held_at", MOMENT, nullable=False),
    Column("held_by", Uuid, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pair_id", ForeignKey(pairs.c.id), nullable=False, index=True),
    Column("association_id", Uuid, nullable=False),
    Column("kind", one_of(AlertKind), nullable=False),
    Column("occasion", Text, nullable=False),
    Column("level", one_of(AlertLevel), nullable=False),
    Column("step", SmallInteger, nullable=False),
    Column("due_at", MOMENT, nullable=False),
    Column("raised_at", MOMENT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("handled_at", MOMENT),
    Column("handled_by", Uuid),
)
Index(
    "ix_alerts_open",
    alerts.c.association_id,
    alerts.c.due_at,
    postgresql_where=alerts.c.handled_at.is_(None),
)

interviews = Table(
    "interviews",
    metadata,
    Column("pair_id", ForeignKey(pairs.c.id), primary_key=True),
    Column("side", one_of(Side), primary_key=True),
    Column("held_at", MOMENT, primary_key=True),
    Column("held_by", Uuid, nullable=False),
    Column("impossible", one_of(Impossible)),
    Column("note", Text),
)

reviews = Table(
    "reviews",
    metadata,
    Column("pair_id", ForeignKey(pairs.c.id), primary_key=True),
    Column("side", one_of(Side), primary_key=True),
    Column("written_at", MOMENT, primary_key=True),
    Column("satisfaction", SmallInteger, nullable=False),
    Column("goals_reached", one_of(GoalsReached), nullable=False),
    Column("shared", Text),
    Column("private", Text),
    Column("written_by", Uuid, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("pair_id", ForeignKey(pairs.c.id), primary_key=True),
    Column("stage", one_of(OutcomeStage), primary_key=True),
    Column("kind", one_of(OutcomeKind), nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Column("recorded_at", MOMENT, nullable=False),
)

# A table apart, read by nobody but a second coordinator: no other query of this service joins it.
safeguarding_reports = Table(
    "safeguarding_reports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pair_id", ForeignKey(pairs.c.id), nullable=False, index=True),
    Column("association_id", Uuid, nullable=False, index=True),
    Column("author_id", Uuid, nullable=False),
    Column("written_at", MOMENT, nullable=False),
    Column("text", Text),
    # The pair was closed for this reason, which everyone else reads as "other".
    Column("closes", Boolean, nullable=False),
    Column("read_by", Uuid),
    Column("read_at", MOMENT),
)
