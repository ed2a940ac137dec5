"""find the signatures of a person."""

from alembic import op

revision = 'c8e25b7f1d36'
down_revision = 'a41c7d9e5b20'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_index('ix_agreements_signatories', 'agreements', ['signatories'], unique=False, postgresql_using='gin', postgresql_ops={'signatories': 'jsonb_path_ops'})
    op.create_index(op.f('ix_signings_person_id'), 'signings', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_signings_person_id'), table_name='signings')
    op.drop_index('ix_agreements_signatories', table_name='agreements', postgresql_using='gin')
