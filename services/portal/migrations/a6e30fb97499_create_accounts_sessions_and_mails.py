"""create accounts, sessions and mails."""

from alembic import op
import sqlalchemy as sa

from common.migrations import corridor
from sqlalchemy.dialects import postgresql

revision = 'a6e30fb97499'
down_revision = None
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    corridor.create_tables()
    op.create_table('accounts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('sealed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('email_index', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts'))
    )
    op.create_index(op.f('ix_accounts_email_index'), 'accounts', ['email_index'], unique=False)
    op.create_index('ix_accounts_without_index', 'accounts', ['id'], unique=False, postgresql_where=sa.text('email_index IS NULL'))
    op.create_table('associations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_associations'))
    )
    op.create_table('attempts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email_index', sa.Text(), nullable=False),
    sa.Column('browser', sa.Text(), nullable=False),
    sa.Column('client', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts'))
    )
    op.create_index('ix_attempts_address', 'attempts', ['email_index', 'asked_at'], unique=False)
    op.create_index(op.f('ix_attempts_asked_at'), 'attempts', ['asked_at'], unique=False)
    op.create_index(op.f('ix_attempts_browser'), 'attempts', ['browser'], unique=False)
    op.create_index('ix_attempts_client', 'attempts', ['client', 'asked_at'], unique=False)
    op.create_table('forgotten',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_forgotten'))
    )
    op.create_table('grants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('coordinator', 'volunteer', 'mentor', 'mentee', 'guardian', 'prescriber', 'funder', 'collective', 'admin', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=True),
    sa.Column('held', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants'))
    )
    op.create_index(op.f('ix_grants_association_id'), 'grants', ['association_id'], unique=False)
    op.create_index(op.f('ix_grants_person_id'), 'grants', ['person_id'], unique=False)
    op.create_table('guardians',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('guardian_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guardians'))
    )
    op.create_index(op.f('ix_guardians_mentee_id'), 'guardians', ['mentee_id'], unique=False)
    op.create_table('mails',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('sign_in', 'proposal', 'proposal_reminder', 'pair_formed', 'authorisation', 'first_meeting', 'agreement', 'signature_code', 'nudge', 'task', 'referral_offered', 'referral_reminder', 'prescriber_news', 'family_news', 'need_asked', name='kind', native_enum=False, length=40), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('sealed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=True),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mails'))
    )
    op.create_index('ix_mails_created_at', 'mails', ['created_at'], unique=False)
    op.create_index(op.f('ix_mails_person_id'), 'mails', ['person_id'], unique=False)
    op.create_index('ix_mails_waiting', 'mails', ['next_try_at'], unique=False, postgresql_where=sa.text('next_try_at IS NOT NULL'))
    op.create_table('pairs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('mentor_id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('guardian_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pairs'))
    )
    op.create_table('programmes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programmes'))
    )
    op.create_table('referrals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('prescriber_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referrals'))
    )
    op.create_table('sessions',
    sa.Column('id_hash', sa.Text(), nullable=False),
    sa.Column('email_index', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id_hash', name=op.f('pk_sessions'))
    )
    op.create_index(op.f('ix_sessions_email_index'), 'sessions', ['email_index'], unique=False)
    op.create_index(op.f('ix_sessions_person_id'), 'sessions', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_sessions_person_id'), table_name='sessions')
    op.drop_index(op.f('ix_sessions_email_index'), table_name='sessions')
    op.drop_table('sessions')
    op.drop_table('referrals')
    op.drop_table('programmes')
    op.drop_table('pairs')
    op.drop_index('ix_mails_waiting', table_name='mails', postgresql_where=sa.text('next_try_at IS NOT NULL'))
    op.drop_index(op.f('ix_mails_person_id'), table_name='mails')
    op.drop_index('ix_mails_created_at', table_name='mails')
    op.drop_table('mails')
    op.drop_index(op.f('ix_guardians_mentee_id'), table_name='guardians')
    op.drop_table('guardians')
    op.drop_index(op.f('ix_grants_person_id'), table_name='grants')
    op.drop_index(op.f('ix_grants_association_id'), table_name='grants')
    op.drop_table('grants')
    op.drop_table('forgotten')
    op.drop_index('ix_attempts_client', table_name='attempts')
    op.drop_index(op.f('ix_attempts_browser'), table_name='attempts')
    op.drop_index(op.f('ix_attempts_asked_at'), table_name='attempts')
    op.drop_index('ix_attempts_address', table_name='attempts')
    op.drop_table('attempts')
    op.drop_table('associations')
    op.drop_index('ix_accounts_without_index', table_name='accounts', postgresql_where=sa.text('email_index IS NULL'))
    op.drop_index(op.f('ix_accounts_email_index'), table_name='accounts')
    op.drop_table('accounts')
    corridor.drop_tables()
