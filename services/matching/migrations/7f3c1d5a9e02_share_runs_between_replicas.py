"""share runs between replicas, compare two policies, and say whom a run serves."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '7f3c1d5a9e02'
down_revision = '7c1b5e0a9d42'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_table('run_shards',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('mentees', sa.Integer(), nullable=False),
    sa.Column('mentors', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('begun', sa.Integer(), server_default='0', nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.Text(), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('run_id', 'round', 'number', name=op.f('pk_run_shards'))
    )
    op.create_index('ix_run_shards_waiting', 'run_shards', ['made_at'], unique=False, postgresql_where=sa.text('done_at is null'))
    op.add_column('run_pairs', sa.Column('stale_because', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True))
    op.add_column('runs', sa.Column('round', sa.Integer(), server_default='0', nullable=False))
    op.add_column('runs', sa.Column('fairness', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True))
    op.add_column('runs', sa.Column('comparison_id', sa.Uuid(), nullable=True))
    op.add_column('runs', sa.Column('side', sa.Enum('one', 'other', name='side', native_enum=False, length=40), nullable=True))
    op.add_column('runs', sa.Column('variant', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True))
    op.add_column('runs', sa.Column('costs_asked_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('runs', sa.Column('costs', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True))
    op.create_index(op.f('ix_runs_comparison_id'), 'runs', ['comparison_id'], unique=False)
    op.create_index('ix_runs_computing', 'runs', ['asked_at'], unique=False, postgresql_where=sa.text("state = 'computing'"))
    op.create_index('ix_runs_costs_asked', 'runs', ['costs_asked_at'], unique=False, postgresql_where=sa.text('costs is null'))


def downgrade() -> None:
    op.drop_index('ix_runs_costs_asked', table_name='runs', postgresql_where=sa.text('costs is null'))
    op.drop_index('ix_runs_computing', table_name='runs', postgresql_where=sa.text("state = 'computing'"))
    op.drop_index(op.f('ix_runs_comparison_id'), table_name='runs')
    for name in ('costs', 'costs_asked_at', 'variant', 'side', 'comparison_id', 'fairness', 'round'):
        op.drop_column('runs', name)
    op.drop_column('run_pairs', 'stale_because')
    op.drop_index('ix_run_shards_waiting', table_name='run_shards', postgresql_where=sa.text('done_at is null'))
    op.drop_table('run_shards')
