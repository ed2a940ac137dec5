"""find whom an erasure is about without reading whole tables."""

from alembic import op
import sqlalchemy as sa

revision = 'f4c86e0b1d93'
down_revision = 'e19c5b7d8a30'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_index('ix_referrals_guardian_id', 'referrals', ['guardian_id'], unique=False, postgresql_where=sa.text('guardian_id IS NOT NULL'))
    op.create_index('ix_referrals_prescriber_id', 'referrals', ['prescriber_id'], unique=False, postgresql_where=sa.text('prescriber_id IS NOT NULL'))
    op.create_index(op.f('ix_proposals_proposer_id'), 'proposals', ['proposer_id'], unique=False)
    op.create_index(op.f('ix_runs_asked_by'), 'runs', ['asked_by'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_runs_asked_by'), table_name='runs')
    op.drop_index(op.f('ix_proposals_proposer_id'), table_name='proposals')
    op.drop_index('ix_referrals_prescriber_id', table_name='referrals', postgresql_where=sa.text('prescriber_id IS NOT NULL'))
    op.drop_index('ix_referrals_guardian_id', table_name='referrals', postgresql_where=sa.text('guardian_id IS NOT NULL'))
