"""keep agreements as long as the policy says."""

from alembic import op
import sqlalchemy as sa

revision = 'e3f5a9027c64'
down_revision = 'c8e25b7f1d36'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.add_column('agreements', sa.Column('key_id', sa.Uuid(), nullable=True))
    op.add_column('agreements', sa.Column('next_due', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=True))
    op.create_index('ix_agreements_next_due', 'agreements', ['next_due'], unique=False, postgresql_where=sa.text('next_due IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_agreements_next_due', table_name='agreements', postgresql_where=sa.text('next_due IS NOT NULL'))
    op.drop_column('agreements', 'next_due')
    op.drop_column('agreements', 'key_id')
