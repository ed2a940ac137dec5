"""index the accounts whose address is not."""

from alembic import op
import sqlalchemy as sa

revision = '91f6c0a27d3e'
down_revision = '3b7d92c4e051'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_index('ix_accounts_to_index', 'accounts', ['id'], unique=False, postgresql_where=sa.text("email_index is null and sealed ? 'email'"))


def downgrade() -> None:
    op.drop_index('ix_accounts_to_index', table_name='accounts', postgresql_where=sa.text("email_index is null and sealed ? 'email'"))
