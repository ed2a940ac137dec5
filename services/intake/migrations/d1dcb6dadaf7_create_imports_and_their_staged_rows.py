"""create imports and their staged rows."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = 'd1dcb6dadaf7'
down_revision = '83bf6017bfac'
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    op.create_table('imported_rows',
    sa.Column('row_key', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('row_key', name=op.f('pk_imported_rows'))
    )
    op.create_index(op.f('ix_imported_rows_at'), 'imported_rows', ['at'], unique=False)
    op.create_table('imports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('referrals', 'mentors', name='kind', native_enum=False, length=40), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=True),
    sa.Column('brought_by', sa.Uuid(), nullable=False),
    sa.Column('prescriber', sa.Boolean(), nullable=False),
    sa.Column('programme_ids', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('columns', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('heading_line', sa.Integer(), nullable=False),
    sa.Column('other_sheets', sa.Integer(), nullable=False),
    sa.Column('headings', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('forget_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('staged', 'committing', 'committed', 'forgotten', name='state', native_enum=False, length=40), nullable=False),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('key_destroyed', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports'))
    )
    op.create_index('ix_imports_committing', 'imports', ['created_at'], unique=False, postgresql_where=sa.text("state = 'committing'"))
    op.create_index('ix_imports_kept', 'imports', ['forget_at'], unique=False, postgresql_where=sa.text('NOT key_destroyed'))
    op.create_table('remembered_headings',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('referrals', 'mentors', name='kind', native_enum=False, length=40), nullable=False),
    sa.Column('heading_hash', sa.Text(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('owner_id', 'kind', 'heading_hash', name=op.f('pk_remembered_headings'))
    )
    op.create_table('staged_rows',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('ready', 'wrong', 'repeated', 'known', 'left_out', 'entered', name='rowstate', native_enum=False, length=40), nullable=False),
    sa.Column('row_key', sa.Text(), nullable=True),
    sa.Column('problems', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('doubts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=True),
    sa.Column('entered_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('import_id', 'line', name=op.f('pk_staged_rows'))
    )


def downgrade() -> None:
    op.drop_table('staged_rows')
    op.drop_table('remembered_headings')
    op.drop_index('ix_imports_kept', table_name='imports', postgresql_where=sa.text('NOT key_destroyed'))
    op.drop_index('ix_imports_committing', table_name='imports', postgresql_where=sa.text("state = 'committing'"))
    op.drop_table('imports')
    op.drop_index(op.f('ix_imported_rows_at'), table_name='imported_rows')
    op.drop_table('imported_rows')
