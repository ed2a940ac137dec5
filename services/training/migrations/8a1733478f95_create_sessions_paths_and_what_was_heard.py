"""create sessions, paths and what was heard."""

from alembic import op
import sqlalchemy as sa

from common.migrations import corridor
from sqlalchemy.dialects import postgresql

revision = '8a1733478f95'
down_revision = None
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    corridor.create_tables()
    op.create_table('associations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_associations'))
    )
    op.create_table('exchange_plans',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('planned_to', sa.Date(), nullable=True),
    sa.Column('policy_version', sa.Integer(), nullable=False),
    sa.Column('look_again_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('programme_id', name=op.f('pk_exchange_plans'))
    )
    op.create_table('forgotten',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_forgotten'))
    )
    op.create_table('grants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=True),
    sa.Column('held', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants'))
    )
    op.create_index(op.f('ix_grants_person_id'), 'grants', ['person_id'], unique=False)
    op.create_table('mentors',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('programme_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('state', sa.Enum('applied', 'approved', 'gone', name='mentorstate', native_enum=False, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('to_look_at', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentors'))
    )
    op.create_index('ix_mentors_programme_ids', 'mentors', ['programme_ids'], unique=False, postgresql_using='gin')
    op.create_index('ix_mentors_to_look_at', 'mentors', ['id'], unique=False, postgresql_where='to_look_at')
    op.create_table('people',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('given_name', sa.Text(), nullable=True),
    sa.Column('family_name', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    op.create_table('programmes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('modules', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('exchange', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programmes'))
    )
    op.create_index(op.f('ix_programmes_association_id'), 'programmes', ['association_id'], unique=False)
    op.create_table('readiness',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mentor_id', sa.Uuid(), nullable=True),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('policy_version', sa.Integer(), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_readiness')),
    sa.UniqueConstraint('mentor_id', 'programme_id', name=op.f('uq_readiness_mentor_id'))
    )
    op.create_table('sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('training', 'exchange', 'outing', 'steering', name='sessionkind', native_enum=False, length=40), nullable=False),
    sa.Column('modules', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('scheduled', 'cancelled', name='sessionstate', native_enum=False, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('taken between 0 and places', name=op.f('ck_sessions_no_more_than_the_places')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions'))
    )
    op.create_index('ix_sessions_calendar', 'sessions', ['association_id', 'starts_at', 'id'], unique=False)
    op.create_table('sign_ups',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('signed_up', 'cancelled', 'present', 'absent', name='signupstate', native_enum=False, length=40), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_sign_ups_session_id_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ups')),
    sa.UniqueConstraint('session_id', 'person_id', name=op.f('uq_sign_ups_session_id'))
    )
    op.create_index(op.f('ix_sign_ups_person_id'), 'sign_ups', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_sign_ups_person_id'), table_name='sign_ups')
    op.drop_table('sign_ups')
    op.drop_index('ix_sessions_calendar', table_name='sessions')
    op.drop_table('sessions')
    op.drop_table('readiness')
    op.drop_index(op.f('ix_programmes_association_id'), table_name='programmes')
    op.drop_table('programmes')
    op.drop_table('people')
    op.drop_index('ix_mentors_to_look_at', table_name='mentors', postgresql_where='to_look_at')
    op.drop_index('ix_mentors_programme_ids', table_name='mentors', postgresql_using='gin')
    op.drop_table('mentors')
    op.drop_index(op.f('ix_grants_person_id'), table_name='grants')
    op.drop_table('grants')
    op.drop_table('forgotten')
    op.drop_table('exchange_plans')
    op.drop_table('associations')
    corridor.drop_tables()
