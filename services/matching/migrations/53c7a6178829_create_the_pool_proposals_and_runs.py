"""create the pool, proposals and runs."""

from alembic import op
import sqlalchemy as sa

from common.migrations import corridor
from sqlalchemy.dialects import postgresql

revision = '53c7a6178829'
down_revision = None
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    corridor.create_tables()
    op.create_table('associations',
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('pooled_with', sa.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('association_id', name=op.f('pk_associations'))
    )
    op.create_table('farewells',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_farewells'))
    )
    op.create_table('forgotten',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_forgotten'))
    )
    op.create_table('mentors',
    sa.Column('mentor_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('available', 'paused', 'left', name='mentorstate', native_enum=False, length=40), nullable=False),
    sa.Column('state_version', sa.Integer(), nullable=False),
    sa.Column('state_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('facets_version', sa.Integer(), server_default='0', nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=True),
    sa.Column('programme_ids', sa.ARRAY(sa.Uuid()), nullable=True),
    sa.Column('facets', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('facets_digest', sa.Text(), nullable=True),
    sa.Column('screened_until', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('mentor_id', name=op.f('pk_mentors'))
    )
    op.create_index(op.f('ix_mentors_association_id'), 'mentors', ['association_id'], unique=False)
    op.create_table('pair_endings',
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=True),
    sa.Column('mentor_id', sa.Uuid(), nullable=True),
    sa.Column('before_term', sa.Boolean(), nullable=False),
    sa.Column('rematch_mentee', sa.Boolean(), nullable=False),
    sa.Column('rematch_mentor', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('pair_id', name=op.f('pk_pair_endings'))
    )
    op.create_index(op.f('ix_pair_endings_mentee_id'), 'pair_endings', ['mentee_id'], unique=False)
    op.create_index(op.f('ix_pair_endings_mentor_id'), 'pair_endings', ['mentor_id'], unique=False)
    op.create_index(op.f('ix_pair_endings_referral_id'), 'pair_endings', ['referral_id'], unique=False)
    op.create_table('policies',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('policy', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('programme_id', 'version', name=op.f('pk_policies'))
    )
    op.create_table('pools',
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('association_id', name=op.f('pk_pools'))
    )
    op.create_table('proposals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=True),
    sa.Column('mentor_id', sa.Uuid(), nullable=True),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('policy_version', sa.Integer(), nullable=False),
    sa.Column('proposed_by', sa.Enum('coordinator', 'policy', 'run', name='proposedby', native_enum=False, length=40), nullable=False),
    sa.Column('proposer_id', sa.Uuid(), nullable=True),
    sa.Column('fit', sa.Float(), nullable=False),
    sa.Column('contributions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('remind_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reminded', sa.Boolean(), nullable=False),
    sa.Column('status', sa.Enum('open', 'accepted', 'declined', 'expired', 'withdrawn', name='status', native_enum=False, length=40), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('referral_version', sa.Integer(), nullable=False),
    sa.Column('mentor_version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposals'))
    )
    op.create_index('ix_proposals_association_id', 'proposals', ['association_id', 'id'], unique=False)
    op.create_index('ix_proposals_due', 'proposals', ['expires_at'], unique=False, postgresql_where=sa.text("status = 'open'"))
    op.create_index('ix_proposals_engaging', 'proposals', ['mentor_id'], unique=False, postgresql_where=sa.text("status in ('open', 'accepted')"))
    op.create_index(op.f('ix_proposals_mentee_id'), 'proposals', ['mentee_id'], unique=False)
    op.create_index(op.f('ix_proposals_referral_id'), 'proposals', ['referral_id'], unique=False)
    op.create_index('uq_proposals_open_mentee', 'proposals', ['mentee_id'], unique=True, postgresql_where=sa.text("status = 'open'"))
    op.create_table('readiness',
    sa.Column('readiness_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('mentor_id', sa.Uuid(), nullable=True),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('readiness_id', name=op.f('pk_readiness'))
    )
    op.create_index(op.f('ix_readiness_mentor_id'), 'readiness', ['mentor_id'], unique=False)
    op.create_table('referrals',
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('accepted', 'completed', 'ended', name='referralstate', native_enum=False, length=40), nullable=False),
    sa.Column('state_version', sa.Integer(), nullable=False),
    sa.Column('facets_version', sa.Integer(), server_default='0', nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=True),
    sa.Column('association_id', sa.Uuid(), nullable=True),
    sa.Column('programme_id', sa.Uuid(), nullable=True),
    sa.Column('facets', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('guardian_id', sa.Uuid(), nullable=True),
    sa.Column('prescriber_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('referral_id', name=op.f('pk_referrals'))
    )
    op.create_index(op.f('ix_referrals_mentee_id'), 'referrals', ['mentee_id'], unique=False)
    op.create_index('ix_referrals_waiting', 'referrals', ['association_id', 'programme_id'], unique=False, postgresql_where=sa.text("state = 'accepted'"))
    op.create_table('run_pairs',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=True),
    sa.Column('mentor_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('unmatched', 'planned', 'proposed', 'stale', name='pairstate', native_enum=False, length=40), nullable=False),
    sa.Column('fit', sa.Float(), nullable=True),
    sa.Column('remote', sa.Boolean(), nullable=True),
    sa.Column('blocked', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('proposal_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('run_id', 'referral_id', name=op.f('pk_run_pairs'))
    )
    op.create_index(op.f('ix_run_pairs_mentee_id'), 'run_pairs', ['mentee_id'], unique=False)
    op.create_index(op.f('ix_run_pairs_mentor_id'), 'run_pairs', ['mentor_id'], unique=False)
    op.create_table('runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'ready', 'refused', 'applied', name='runstate', native_enum=False, length=40), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=True),
    sa.Column('pooled', sa.Boolean(), nullable=False),
    sa.Column('seed', sa.BigInteger(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('inputs', sa.Text(), nullable=True),
    sa.Column('receipt', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('refusal', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs'))
    )
    op.create_index('ix_runs_asked', 'runs', ['asked_at'], unique=False, postgresql_where=sa.text("state = 'asked'"))
    op.create_table('searches',
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('due', sa.Boolean(), nullable=False),
    sa.Column('facets_version', sa.Integer(), nullable=False),
    sa.Column('searched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pool_seen', sa.DateTime(timezone=True), nullable=True),
    sa.Column('blocked', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.PrimaryKeyConstraint('referral_id', name=op.f('pk_searches'))
    )


def downgrade() -> None:
    op.drop_table('searches')
    op.drop_index('ix_runs_asked', table_name='runs', postgresql_where=sa.text("state = 'asked'"))
    op.drop_table('runs')
    op.drop_index(op.f('ix_run_pairs_mentor_id'), table_name='run_pairs')
    op.drop_index(op.f('ix_run_pairs_mentee_id'), table_name='run_pairs')
    op.drop_table('run_pairs')
    op.drop_index('ix_referrals_waiting', table_name='referrals', postgresql_where=sa.text("state = 'accepted'"))
    op.drop_index(op.f('ix_referrals_mentee_id'), table_name='referrals')
    op.drop_table('referrals')
    op.drop_index(op.f('ix_readiness_mentor_id'), table_name='readiness')
    op.drop_table('readiness')
    op.drop_index('uq_proposals_open_mentee', table_name='proposals', postgresql_where=sa.text("status = 'open'"))
    op.drop_index(op.f('ix_proposals_referral_id'), table_name='proposals')
    op.drop_index(op.f('ix_proposals_mentee_id'), table_name='proposals')
    op.drop_index('ix_proposals_engaging', table_name='proposals', postgresql_where=sa.text("status in ('open', 'accepted')"))
    op.drop_index('ix_proposals_due', table_name='proposals', postgresql_where=sa.text("status = 'open'"))
    op.drop_index('ix_proposals_association_id', table_name='proposals')
    op.drop_table('proposals')
    op.drop_table('pools')
    op.drop_table('policies')
    op.drop_index(op.f('ix_pair_endings_referral_id'), table_name='pair_endings')
    op.drop_index(op.f('ix_pair_endings_mentor_id'), table_name='pair_endings')
    op.drop_index(op.f('ix_pair_endings_mentee_id'), table_name='pair_endings')
    op.drop_table('pair_endings')
    op.drop_index(op.f('ix_mentors_association_id'), table_name='mentors')
    op.drop_table('mentors')
    op.drop_table('forgotten')
    op.drop_table('farewells')
    op.drop_table('associations')
    corridor.drop_tables()
