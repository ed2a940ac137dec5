"""find proposals by their mentor."""

from alembic import op

revision = 'e19c5b7d8a30'
down_revision = 'd7e3a8154c60'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_index('ix_proposals_mentor_id', 'proposals', ['mentor_id', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_proposals_mentor_id', table_name='proposals')
