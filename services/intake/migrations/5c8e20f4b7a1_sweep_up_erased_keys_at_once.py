"""sweep up erased keys at once."""

from alembic import op

revision = '5c8e20f4b7a1'
down_revision = 'd1dcb6dadaf7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # An erasure leaves the row as it was before until the table is vacuumed: do not wait for more.
    op.execute("""
        alter table person_keys set (
            autovacuum_vacuum_threshold = 0,
            autovacuum_vacuum_scale_factor = 0,
            autovacuum_vacuum_cost_delay = 0
        )
    """)


def downgrade() -> None:
    op.execute("""
        alter table person_keys reset (
            autovacuum_vacuum_threshold,
            autovacuum_vacuum_scale_factor,
            autovacuum_vacuum_cost_delay
        )
    """)
