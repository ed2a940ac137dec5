"""create pairs, agreements and what was heard."""

from alembic import op
import sqlalchemy as sa

from common.migrations import corridor
from sqlalchemy.dialects import postgresql

revision = '947ab6f43f14'
down_revision = None
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    corridor.create_tables()
    op.create_table('associations',
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('association_id', name=op.f('pk_associations'))
    )
    op.create_table('erased_people',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_erased_people'))
    )
    op.create_table('heard',
    sa.Column('topic', sa.Enum('approval', 'suspension', 'check', 'readiness', 'authorisation', 'adherence', 'protection', 'guardianship', name='topic', native_enum=False, length=40), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('holds', sa.Boolean(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('other_id', sa.Uuid(), nullable=True),
    sa.Column('settings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('topic', 'id', 'detail', name=op.f('pk_heard'))
    )
    op.create_index('ix_heard_other_id', 'heard', ['other_id'], unique=False, postgresql_where=sa.text("topic = 'guardianship'"))
    op.create_index(op.f('ix_heard_person_id'), 'heard', ['person_id'], unique=False)
    op.create_table('pairs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('mentor_id', sa.Uuid(), nullable=False),
    sa.Column('guardian_id', sa.Uuid(), nullable=True),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('policy_version', sa.Integer(), nullable=False),
    sa.Column('setting', sa.Enum('adult', 'minor', 'child_protection', name='setting', native_enum=False, length=40), nullable=False),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('formed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('first_meeting_due', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Enum('formed', 'cleared', 'first_meeting_planned', 'first_meeting_held', 'no_show', 'agreement_pending', 'active', 'paused', 'closing', 'closed', name='status', native_enum=False, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('missing', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('gates_until', sa.Date(), nullable=True),
    sa.Column('meeting_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('meeting_modality', sa.Enum('remote', 'home', 'school', 'association', 'company', name='modality', native_enum=False, length=40), nullable=True),
    sa.Column('meeting_place', sa.Text(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('attendance_due', sa.DateTime(timezone=True), nullable=True),
    sa.Column('met_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('agreement_id', sa.Uuid(), nullable=True),
    sa.Column('sign_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('terms', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('next_meeting_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closing_reason', sa.Enum('objective_reached', 'term_reached', 'no_more_need', 'not_helpful', 'no_more_time', 'schedule', 'personal', 'technical', 'language', 'subject', 'moved', 'repeated_no_shows', 'unreachable', 'new_mentor_found', 'family_asked', 'safeguarding', 'association_closed', 'account_closed', 'other', 'unknown', name='closereason', native_enum=False, length=40), nullable=True),
    sa.Column('closing_by', sa.Enum('mentor', 'mentee', 'guardian', 'association', name='side', native_enum=False, length=40), nullable=True),
    sa.Column('closing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rematch_mentee', sa.Boolean(), nullable=True),
    sa.Column('rematch_mentor', sa.Boolean(), nullable=True),
    sa.Column('contact_after', sa.Enum('none', 'through_association', 'free', name='contactafter', native_enum=False, length=40), nullable=True),
    sa.Column('erased', sa.Boolean(), nullable=False),
    sa.Column('next_due', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pairs'))
    )
    op.create_index('ix_pairs_association_id_id', 'pairs', ['association_id', 'id'], unique=False)
    op.create_index(op.f('ix_pairs_guardian_id'), 'pairs', ['guardian_id'], unique=False)
    op.create_index(op.f('ix_pairs_mentee_id'), 'pairs', ['mentee_id'], unique=False)
    op.create_index(op.f('ix_pairs_mentor_id'), 'pairs', ['mentor_id'], unique=False)
    op.create_index('ix_pairs_next_due', 'pairs', ['next_due'], unique=False, postgresql_where=sa.text('next_due IS NOT NULL'))
    op.create_index(op.f('ix_pairs_referral_id'), 'pairs', ['referral_id'], unique=False)
    op.create_table('people',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('sealed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_people'))
    )
    op.create_table('programmes',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('policy_version', sa.Integer(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('policy', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('programme_id', 'policy_version', name=op.f('pk_programmes'))
    )
    op.create_table('agreements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('template', sa.Text(), nullable=False),
    sa.Column('template_version', sa.Integer(), nullable=False),
    sa.Column('policy_version', sa.Integer(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('signatories', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('text_sha256', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('prepared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sign_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Enum('pending', 'signed', 'void', name='agreementstatus', native_enum=False, length=40), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_agreements_pair_id_pairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreements'))
    )
    op.create_index(op.f('ix_agreements_pair_id'), 'agreements', ['pair_id'], unique=False)
    op.create_table('alerts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('first_meeting_late', 'no_show', 'signature_late', 'missed_period', 'silence', 'log_due', 'check_in_due', 'check_in_worry', 'important', 'outcome_due', 'screening_ends', name='alertkind', native_enum=False, length=40), nullable=False),
    sa.Column('occasion', sa.Text(), nullable=False),
    sa.Column('level', sa.Enum('nudge', 'task', 'ladder', name='alertlevel', native_enum=False, length=40), nullable=False),
    sa.Column('step', sa.SmallInteger(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handled_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_alerts_pair_id_pairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts'))
    )
    op.create_index('ix_alerts_open', 'alerts', ['association_id', 'due_at'], unique=False, postgresql_where=sa.text('handled_at IS NULL'))
    op.create_index(op.f('ix_alerts_pair_id'), 'alerts', ['pair_id'], unique=False)
    op.create_table('check_ins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('side', sa.Enum('mentor', 'mentee', 'guardian', 'association', name='side', native_enum=False, length=40), nullable=False),
    sa.Column('mood', sa.SmallInteger(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('held_by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_check_ins_pair_id_pairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_ins'))
    )
    op.create_index(op.f('ix_check_ins_pair_id'), 'check_ins', ['pair_id'], unique=False)
    op.create_table('contacts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Enum('call', 'mail', 'message', name='contactkind', native_enum=False, length=40), nullable=False),
    sa.Column('logged_by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_contacts_pair_id_pairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts')),
    sa.UniqueConstraint('pair_id', 'at', 'kind', name=op.f('uq_contacts_pair_id'))
    )
    op.create_table('goals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('added_by', sa.Uuid(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('achieved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_goals_pair_id_pairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goals'))
    )
    op.create_index(op.f('ix_goals_pair_id'), 'goals', ['pair_id'], unique=False)
    op.create_table('interviews',
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('side', sa.Enum('mentor', 'mentee', 'guardian', 'association', name='side', native_enum=False, length=40), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('held_by', sa.Uuid(), nullable=False),
    sa.Column('impossible', sa.Enum('unreachable', 'refused', 'left', 'unsafe', 'erased', name='impossible', native_enum=False, length=40), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_interviews_pair_id_pairs')),
    sa.PrimaryKeyConstraint('pair_id', 'side', 'held_at', name=op.f('pk_interviews'))
    )
    op.create_table('meetings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('modality', sa.Enum('remote', 'home', 'school', 'association', 'company', name='modality', native_enum=False, length=40), nullable=False),
    sa.Column('goals', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('word', sa.Text(), nullable=True),
    sa.Column('important', sa.Boolean(), nullable=False),
    sa.Column('logged_by', sa.Uuid(), nullable=False),
    sa.Column('logged_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_meetings_pair_id_pairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meetings')),
    sa.UniqueConstraint('pair_id', 'held_at', name=op.f('uq_meetings_pair_id'))
    )
    op.create_table('outcomes',
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('stage', sa.Enum('exit', 'six_months', name='outcomestage', native_enum=False, length=40), nullable=False),
    sa.Column('kind', sa.Enum('stable_job', 'job', 'internship', 'qualifying_training', 'back_to_school', 'next_class', 'orientation', 'none', 'unknown', name='outcomekind', native_enum=False, length=40), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_outcomes_pair_id_pairs')),
    sa.PrimaryKeyConstraint('pair_id', 'stage', name=op.f('pk_outcomes'))
    )
    op.create_table('rests',
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('start', sa.DateTime(timezone=True), nullable=False),
    sa.Column('end', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_rests_pair_id_pairs')),
    sa.PrimaryKeyConstraint('pair_id', 'start', name=op.f('pk_rests'))
    )
    op.create_table('reviews',
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('side', sa.Enum('mentor', 'mentee', 'guardian', 'association', name='side', native_enum=False, length=40), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('satisfaction', sa.SmallInteger(), nullable=False),
    sa.Column('goals_reached', sa.Enum('yes', 'mostly', 'partly', 'no', name='goalsreached', native_enum=False, length=40), nullable=False),
    sa.Column('shared', sa.Text(), nullable=True),
    sa.Column('private', sa.Text(), nullable=True),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_reviews_pair_id_pairs')),
    sa.PrimaryKeyConstraint('pair_id', 'side', 'written_at', name=op.f('pk_reviews'))
    )
    op.create_table('safeguarding_reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pair_id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('closes', sa.Boolean(), nullable=False),
    sa.Column('read_by', sa.Uuid(), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['pair_id'], ['pairs.id'], name=op.f('fk_safeguarding_reports_pair_id_pairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_safeguarding_reports'))
    )
    op.create_index(op.f('ix_safeguarding_reports_association_id'), 'safeguarding_reports', ['association_id'], unique=False)
    op.create_index(op.f('ix_safeguarding_reports_pair_id'), 'safeguarding_reports', ['pair_id'], unique=False)
    op.create_table('proofs',
    sa.Column('agreement_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.Enum('mentor', 'mentee', 'guardian', 'organisation', 'child_protection', name='signatory', native_enum=False, length=40), nullable=False),
    sa.Column('number', sa.SmallInteger(), nullable=False),
    sa.Column('body', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('key_id', sa.Text(), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreements.id'], name=op.f('fk_proofs_agreement_id_agreements')),
    sa.PrimaryKeyConstraint('agreement_id', 'capacity', name=op.f('pk_proofs')),
    sa.UniqueConstraint('agreement_id', 'number', name=op.f('uq_proofs_agreement_id'))
    )
    op.create_table('signings',
    sa.Column('agreement_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.Enum('mentor', 'mentee', 'guardian', 'organisation', 'child_protection', name='signatory', native_enum=False, length=40), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('log', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('channel', sa.Text(), nullable=True),
    sa.Column('code_hash', sa.Text(), nullable=True),
    sa.Column('code_sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreements.id'], name=op.f('fk_signings_agreement_id_agreements')),
    sa.PrimaryKeyConstraint('agreement_id', 'capacity', 'person_id', name=op.f('pk_signings'))
    )


def downgrade() -> None:
    op.drop_table('signings')
    op.drop_table('proofs')
    op.drop_index(op.f('ix_safeguarding_reports_pair_id'), table_name='safeguarding_reports')
    op.drop_index(op.f('ix_safeguarding_reports_association_id'), table_name='safeguarding_reports')
    op.drop_table('safeguarding_reports')
    op.drop_table('reviews')
    op.drop_table('rests')
    op.drop_table('outcomes')
    op.drop_table('meetings')
    op.drop_table('interviews')
    op.drop_index(op.f('ix_goals_pair_id'), table_name='goals')
    op.drop_table('goals')
    op.drop_table('contacts')
    op.drop_index(op.f('ix_check_ins_pair_id'), table_name='check_ins')
    op.drop_table('check_ins')
    op.drop_index(op.f('ix_alerts_pair_id'), table_name='alerts')
    op.drop_index('ix_alerts_open', table_name='alerts', postgresql_where=sa.text('handled_at IS NULL'))
    op.drop_table('alerts')
    op.drop_index(op.f('ix_agreements_pair_id'), table_name='agreements')
    op.drop_table('agreements')
    op.drop_table('programmes')
    op.drop_table('people')
    op.drop_index(op.f('ix_pairs_referral_id'), table_name='pairs')
    op.drop_index('ix_pairs_next_due', table_name='pairs', postgresql_where=sa.text('next_due IS NOT NULL'))
    op.drop_index(op.f('ix_pairs_mentor_id'), table_name='pairs')
    op.drop_index(op.f('ix_pairs_mentee_id'), table_name='pairs')
    op.drop_index(op.f('ix_pairs_guardian_id'), table_name='pairs')
    op.drop_index('ix_pairs_association_id_id', table_name='pairs')
    op.drop_table('pairs')
    op.drop_index(op.f('ix_heard_person_id'), table_name='heard')
    op.drop_index('ix_heard_other_id', table_name='heard', postgresql_where=sa.text("topic = 'guardianship'"))
    op.drop_table('heard')
    op.drop_table('erased_people')
    op.drop_table('associations')
    corridor.drop_tables()
