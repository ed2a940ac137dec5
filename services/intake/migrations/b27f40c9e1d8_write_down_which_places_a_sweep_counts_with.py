"""write down which places a sweep of the waiting list counts with."""

import sqlalchemy as sa
from alembic import op

revision = 'b27f40c9e1d8'
down_revision = '5c8e20f4b7a1'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.add_column('openings', sa.Column('sweep_id', sa.Uuid(), nullable=True))
    op.add_column('referrals', sa.Column('looked_in', sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column('referrals', 'looked_in')
    op.drop_column('openings', 'sweep_id')
