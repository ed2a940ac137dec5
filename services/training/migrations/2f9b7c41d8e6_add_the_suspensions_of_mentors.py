"""add the suspensions of mentors."""

from alembic import op
import sqlalchemy as sa

revision = '2f9b7c41d8e6'
down_revision = '8a1733478f95'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_table('suspensions',
    sa.Column('mentor_id', sa.Uuid(), nullable=False),
    sa.Column('suspended', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('mentor_id', name=op.f('pk_suspensions'))
    )


def downgrade() -> None:
    op.drop_table('suspensions')
