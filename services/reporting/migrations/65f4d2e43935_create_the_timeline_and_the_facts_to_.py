"""create the timeline and the facts to count by."""

from alembic import op
import sqlalchemy as sa

from common.migrations import corridor
from sqlalchemy.dialects import postgresql

revision = '65f4d2e43935'
down_revision = None
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    corridor.create_tables()
    op.create_table('associations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_associations'))
    )
    op.create_table('forgotten',
    sa.Column('token', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_forgotten'))
    )
    op.create_table('moments',
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('about_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=True),
    sa.Column('referral_id', sa.Uuid(), nullable=True),
    sa.Column('thread_id', sa.Uuid(), nullable=True),
    sa.Column('programme_id', sa.Uuid(), nullable=True),
    sa.Column('offer_id', sa.Uuid(), nullable=True),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'about_id', 'version', name=op.f('pk_moments'))
    )
    op.create_index('ix_moments_about_id', 'moments', ['about_id'], unique=False)
    op.create_index('ix_moments_kind_occurred_at', 'moments', ['kind', 'occurred_at'], unique=False)
    op.create_index('ix_moments_occurred_at', 'moments', ['occurred_at'], unique=False)
    op.create_index(op.f('ix_moments_referral_id'), 'moments', ['referral_id'], unique=False)
    op.create_index(op.f('ix_moments_thread_id'), 'moments', ['thread_id'], unique=False)
    op.create_table('offers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offers'))
    )
    op.create_table('pairs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('formed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pairs'))
    )
    op.create_index(op.f('ix_pairs_mentee_id'), 'pairs', ['mentee_id'], unique=False)
    op.create_index(op.f('ix_pairs_referral_id'), 'pairs', ['referral_id'], unique=False)
    op.create_table('programmes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programmes'))
    )
    op.create_table('referral_facets',
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('known_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('age_band', sa.Text(), nullable=False),
    sa.Column('gender', sa.Text(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('setting', sa.Text(), nullable=False),
    sa.Column('axis', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('rural', sa.Boolean(), nullable=False),
    sa.Column('priority_district', sa.Boolean(), nullable=True),
    sa.Column('publics', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('referral_id', 'version', name=op.f('pk_referral_facets'))
    )
    op.create_table('referrals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('prescriber_id', sa.Uuid(), nullable=True),
    sa.Column('door', sa.Text(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referrals'))
    )
    op.create_index(op.f('ix_referrals_mentee_id'), 'referrals', ['mentee_id'], unique=False)
    op.create_index(op.f('ix_referrals_prescriber_id'), 'referrals', ['prescriber_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_referrals_prescriber_id'), table_name='referrals')
    op.drop_index(op.f('ix_referrals_mentee_id'), table_name='referrals')
    op.drop_table('referrals')
    op.drop_table('referral_facets')
    op.drop_table('programmes')
    op.drop_index(op.f('ix_pairs_referral_id'), table_name='pairs')
    op.drop_index(op.f('ix_pairs_mentee_id'), table_name='pairs')
    op.drop_table('pairs')
    op.drop_table('offers')
    op.drop_index(op.f('ix_moments_thread_id'), table_name='moments')
    op.drop_index(op.f('ix_moments_referral_id'), table_name='moments')
    op.drop_index('ix_moments_occurred_at', table_name='moments')
    op.drop_index('ix_moments_kind_occurred_at', table_name='moments')
    op.drop_index('ix_moments_about_id', table_name='moments')
    op.drop_table('moments')
    op.drop_table('forgotten')
    op.drop_table('associations')
    corridor.drop_tables()
