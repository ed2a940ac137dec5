"""index the codes that wait."""

from alembic import op
import sqlalchemy as sa

revision = '3b7d92c4e051'
down_revision = 'c41d7e0b9a35'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_index('ix_mails_codes_waiting', 'mails', ['next_try_at'], unique=False, postgresql_where=sa.text("next_try_at IS NOT NULL AND kind IN ('sign_in', 'signature_code')"))


def downgrade() -> None:
    op.drop_index('ix_mails_codes_waiting', table_name='mails', postgresql_where=sa.text("next_try_at IS NOT NULL AND kind IN ('sign_in', 'signature_code')"))
