"""add the addresses of calendars."""

from alembic import op
import sqlalchemy as sa

revision = 'c41d7e0b9a35'
down_revision = 'a6e30fb97499'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_table('calendars',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('secret_hash', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_calendars')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_calendars_secret_hash'))
    )


def downgrade() -> None:
    op.drop_table('calendars')
