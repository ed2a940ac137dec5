"""remember under which rules a mentor was looked for."""

from alembic import op
import sqlalchemy as sa

revision = '8b0f6c3d2a17'
down_revision = '2e94d7a1c5b8'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    # Of an earlier search it is not known: it is made once more.
    op.add_column('searches', sa.Column('policy_version', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_column('searches', 'policy_version')
