"""keep the words of all who tell a meeting."""

from alembic import op
import sqlalchemy as sa

revision = 'a41c7d9e5b20'
down_revision = '947ab6f43f14'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_table('retellings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('word', sa.Text(), nullable=True),
    sa.Column('told_by', sa.Uuid(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_retellings_meeting_id_meetings')),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_retellings_pair_id_pairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retellings'))
    )
    op.create_index(op.f('ix_retellings_pair_id'), 'retellings', ['pair_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_retellings_pair_id'), table_name='retellings')
    op.drop_table('retellings')
