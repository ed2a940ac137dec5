"""add the notes of changes in the pool."""

from alembic import op
import sqlalchemy as sa

revision = '7c1b5e0a9d42'
down_revision = '53c7a6178829'
branch_labels = None
depends_on = None
oldest_code = None

WATCHED = ('mentors', 'readiness', 'pair_endings', 'proposals')


def upgrade() -> None:
    op.create_table('pool_changes',
    sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
    sa.Column('mentor_id', sa.Uuid(), nullable=True),
    sa.Column('changed_in', sa.BigInteger(), server_default=sa.text('(pg_current_xact_id()::text)::bigint'), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pool_changes'))
    )
    op.create_index(op.f('ix_pool_changes_changed_in'), 'pool_changes', ['changed_in'], unique=False)
    op.execute("""
        create function note_pool_change() returns trigger language plpgsql as $$
        begin
            if tg_op = 'TRUNCATE' then
                insert into pool_changes (mentor_id) values (null);
                return null;
            end if;
            if tg_op = 'UPDATE' and new is not distinct from old then
                return null;
            end if;
            if tg_op <> 'INSERT' and old.mentor_id is not null then
                insert into pool_changes (mentor_id) values (old.mentor_id);
            end if;
            if tg_op = 'INSERT' or tg_op = 'UPDATE' and new.mentor_id is distinct from old.mentor_id then
                insert into pool_changes (mentor_id)
                select new.mentor_id where new.mentor_id is not null;
            end if;
            return null;
        end $$
    """)
    for table in WATCHED:
        op.execute(f"""
            create trigger note_pool_change after insert or update or delete on {table}
            for each row execute function note_pool_change()
        """)
        op.execute(f"""
            create trigger note_pool_change_of_all after truncate on {table}
            for each statement execute function note_pool_change()
        """)


def downgrade() -> None:
    for table in WATCHED:
        op.execute(f'drop trigger note_pool_change on {table}')
        op.execute(f'drop trigger note_pool_change_of_all on {table}')
    op.execute('drop function note_pool_change()')
    op.drop_index(op.f('ix_pool_changes_changed_in'), table_name='pool_changes')
    op.drop_table('pool_changes')
