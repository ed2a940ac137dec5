"""The tables of runs: what each was computed from, in which parts, and what came of it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.statements import one_of
from matching.domain.runs import PairState, RunState, Side
from matching.store.tables import metadata

runs = Table(
    "runs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", one_of(RunState), nullable=False),
    Column("association_id", Uuid, nullable=False),
    Column("programme_id", Uuid),
    Column("pooled", Boolean, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("asked_by", Uuid, index=True),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("computed_at", DateTime(timezone=True)),
    # The exact text that is computed from; null once it is old, or somebody in it was erased.
    Column("inputs", Text),
    # How often the picture was taken: once more each time that somebody in it was erased.
    Column("round", Integer, server_default="0", nullable=False),
    Column("receipt", JSONB(none_as_null=True)),
    Column("fairness", JSONB(none_as_null=True)),
    Column("refusal", Text),
    # How often a process began what is to be done of it next: one at which every process dies is
    # not begun for ever.
    Column("begun", Integer, server_default="0", nullable=False),
    # Null: under the rules as they are. Otherwise hypothetical, one side of a comparison.
    Column("comparison_id", Uuid, index=True),
    Column("side", one_of(Side)),
    Column("variant", JSONB(none_as_null=True)),
    # What each hard criterion costs, if somebody asked.
    Column("costs_asked_at", DateTime(timezone=True)),
    Column("costs", JSONB(none_as_null=True)),
    # Why that could not be computed.
    Column("costs_refusal", Text),
)
Index("ix_runs_asked", runs.c.asked_at, postgresql_where=text("state = 'asked'"))
Index("ix_runs_computing", runs.c.asked_at, postgresql_where=text("state = 'computing'"))
Index("ix_runs_costs_asked", runs.c.costs_asked_at, postgresql_where=text("costs is null"))

Index("ix_runs_inputs", runs.c.asked_at, postgresql_where=text("inputs is not null"))

# Everybody whom the inputs of a run name, for as long as they are kept.
run_people = Table(
    "run_people",
    metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("person_id", Uuid, primary_key=True, index=True),
)

# The parts of a run that are independent by rule; whoever locks a row computes it.
run_shards = Table(
    "run_shards",
    metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("mentees", Integer, nullable=False),
    Column("mentors", Integer, nullable=False),
    Column("made_at", DateTime(timezone=True), server_default=text("now()"), nullable=False),
    # How often it was begun: one at which every process dies is not begun for ever.
    Column("begun", Integer, server_default="0", nullable=False),
    Column("done_at", DateTime(timezone=True)),
    # The replica that computed it.
    Column("done_by", Text),
    # Kept until the run is put together.
    Column("result", Text),
)
Index("ix_run_shards_waiting", run_shards.c.made_at, postgresql_where=text("done_at is null"))

run_pairs = Table(
    "run_pairs",
    metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("referral_id", Uuid, primary_key=True),
    Column("mentee_id", Uuid, index=True),
    # Null: nobody, and `blocked` says why.
    Column("mentor_id", Uuid, index=True),
    Column("state", one_of(PairState), nullable=False),
    Column("fit", Float),
    Column("remote", Boolean),
    Column("blocked", JSONB(none_as_null=True)),
    # Why a planned pair no longer held when it was to be proposed.
    Column("stale_because", JSONB(none_as_null=True)),
    Column("proposal_id", Uuid),
)
