"""count changes of pools."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '2e94d7a1c5b8'
down_revision = '7f3c1d5a9e02'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.add_column('pools', sa.Column('changes', sa.BigInteger(), server_default='0', nullable=False))
    # Written and read by older releases alone.
    op.alter_column('pools', 'changed_at', server_default=sa.func.now())
    op.add_column('searches', sa.Column('pools_seen', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.drop_column('searches', 'pools_seen')
    op.alter_column('pools', 'changed_at', server_default=None)
    op.drop_column('pools', 'changes')
