"""note who is in the inputs of runs."""

from alembic import op
import sqlalchemy as sa

revision = 'd7e3a8154c60'
down_revision = 'b5a2e9c70f44'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_table('run_people',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('run_id', 'person_id', name=op.f('pk_run_people'))
    )
    op.create_index(op.f('ix_run_people_person_id'), 'run_people', ['person_id'], unique=False)
    op.create_index('ix_runs_inputs', 'runs', ['asked_at'], unique=False, postgresql_where=sa.text('inputs is not null'))


def downgrade() -> None:
    op.drop_index('ix_runs_inputs', table_name='runs', postgresql_where=sa.text('inputs is not null'))
    op.drop_index(op.f('ix_run_people_person_id'), table_name='run_people')
    op.drop_table('run_people')
