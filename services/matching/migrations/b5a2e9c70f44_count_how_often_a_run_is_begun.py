"""count how often a run is begun, and say why its costs could not be computed."""

from alembic import op
import sqlalchemy as sa

revision = 'b5a2e9c70f44'
down_revision = '8b0f6c3d2a17'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.add_column('runs', sa.Column('begun', sa.Integer(), server_default='0', nullable=False))
    op.add_column('runs', sa.Column('costs_refusal', sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column('runs', 'costs_refusal')
    op.drop_column('runs', 'begun')
