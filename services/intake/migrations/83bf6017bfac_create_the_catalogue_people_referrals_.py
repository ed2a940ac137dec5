"""create the catalogue, people, referrals and mentors."""

from alembic import op
import sqlalchemy as sa

from common.migrations import corridor
from sqlalchemy.dialects import postgresql

revision = '83bf6017bfac'
down_revision = None
branch_labels = None
depends_on = None
oldest_code = None


def upgrade() -> None:
    corridor.create_tables()
    op.create_table('accesses',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('reader_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accesses'))
    )
    op.create_index(op.f('ix_accesses_person_id'), 'accesses', ['person_id'], unique=False)
    op.create_index(op.f('ix_accesses_reader_id'), 'accesses', ['reader_id'], unique=False)
    op.create_table('adherences',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_adherences')),
    sa.UniqueConstraint('mentee_id', name=op.f('uq_adherences_mentee_id'))
    )
    op.create_table('answers',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Enum('submitted', 'qualified', 'offered', 'declined', 'expired', 'waiting_list', 'accepted', 'in_matching', 'matched', 'in_progress', 'completed', 'withdrawn', 'duplicate', 'entered_in_error', 'transferred', name='status', native_enum=False, length=40), nullable=False),
    sa.Column('reason', sa.Enum('out_of_territory', 'age', 'public', 'no_capacity', 'modality', 'not_mentoring', 'duplicate', 'unreachable', 'refuses', name='declinereason', native_enum=False, length=40), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answers'))
    )
    op.create_index(op.f('ix_answers_association_id'), 'answers', ['association_id'], unique=False)
    op.create_table('associations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('place', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('pooled_with', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_associations'))
    )
    op.create_table('authorisations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('guardian_id', sa.Uuid(), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('participation', 'image', name='authorisationkind', native_enum=False, length=40), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Enum('asked', 'given', 'withdrawn', name='answer', native_enum=False, length=40), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_authorisations'))
    )
    op.create_index(op.f('ix_authorisations_guardian_id'), 'authorisations', ['guardian_id'], unique=False)
    op.create_index(op.f('ix_authorisations_mentee_id'), 'authorisations', ['mentee_id'], unique=False)
    op.create_index(op.f('ix_authorisations_referral_id'), 'authorisations', ['referral_id'], unique=False)
    op.create_table('erasures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('guardian_id', sa.Uuid(), nullable=True),
    sa.Column('asked_by', sa.Uuid(), nullable=True),
    sa.Column('ground', sa.Enum('asked', 'retention', name='ground', native_enum=False, length=40), nullable=False),
    sa.Column('key_destroyed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('forgotten_at', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasures')),
    sa.UniqueConstraint('person_id', name=op.f('uq_erasures_person_id'))
    )
    op.create_table('fingerprints',
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.Enum('mentee', 'guardian', 'mentor', 'staff', name='part', native_enum=False, length=40), nullable=False),
    sa.Column('trace', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('hash', 'person_id', name=op.f('pk_fingerprints'))
    )
    op.create_index(op.f('ix_fingerprints_person_id'), 'fingerprints', ['person_id'], unique=False)
    op.create_table('grants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('coordinator', 'volunteer', 'mentor', 'mentee', 'guardian', 'prescriber', 'funder', 'collective', 'admin', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=True),
    sa.Column('revoked', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants'))
    )
    op.create_index(op.f('ix_grants_association_id'), 'grants', ['association_id'], unique=False)
    op.create_index(op.f('ix_grants_person_id'), 'grants', ['person_id'], unique=False)
    op.create_table('guardianships',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('guardian_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guardianships'))
    )
    op.create_index(op.f('ix_guardianships_guardian_id'), 'guardianships', ['guardian_id'], unique=False)
    op.create_index(op.f('ix_guardianships_mentee_id'), 'guardianships', ['mentee_id'], unique=False)
    op.create_table('index_keys',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('owner_id', name=op.f('pk_index_keys'))
    )
    op.create_table('mentors',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('programme_ids', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('facets', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sealed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.Enum('applied', 'screening', 'available', 'refused', 'paused', 'suspended', 'left', name='status', native_enum=False, length=40), nullable=False),
    sa.Column('seen', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('refusal', sa.Enum('screening', 'posture', 'availability', 'no_need', 'unreachable', 'duplicate', 'other', name='refusalreason', native_enum=False, length=40), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('forget_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentors'))
    )
    op.create_index('ix_mentors_cases', 'mentors', ['association_id', 'id'], unique=False)
    op.create_index('ix_mentors_old', 'mentors', ['forget_at'], unique=False, postgresql_where=sa.text('facets IS NOT NULL'))
    op.create_table('offers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('place', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reach_km', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('announced_taken', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offers'))
    )
    op.create_index(op.f('ix_offers_association_id'), 'offers', ['association_id'], unique=False)
    op.create_index(op.f('ix_offers_programme_id'), 'offers', ['programme_id'], unique=False)
    op.create_table('openings',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_into', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_openings'))
    )
    op.create_index('ix_openings_new', 'openings', ['at'], unique=False, postgresql_where=sa.text('NOT looked_into'))
    op.create_index(op.f('ix_openings_offer_id'), 'openings', ['offer_id'], unique=False)
    op.create_table('pairs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('mentor_id', sa.Uuid(), nullable=False),
    sa.Column('phase', sa.Enum('formed', 'signed', 'closed', name='phase', native_enum=False, length=40), nullable=False),
    sa.Column('followup_version', sa.Integer(), nullable=False),
    sa.Column('signed', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pairs'))
    )
    op.create_index(op.f('ix_pairs_mentee_id'), 'pairs', ['mentee_id'], unique=False)
    op.create_index(op.f('ix_pairs_mentor_id'), 'pairs', ['mentor_id'], unique=False)
    op.create_index(op.f('ix_pairs_referral_id'), 'pairs', ['referral_id'], unique=False)
    op.create_table('people',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.Enum('mentee', 'guardian', 'mentor', 'staff', name='part', native_enum=False, length=40), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('sealed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('erased', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    op.create_table('person_keys',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_person_keys'))
    )
    op.create_index('ix_person_keys_unpublished', 'person_keys', ['person_id'], unique=False, postgresql_where=sa.text('published_at IS NULL'))
    op.create_table('policies',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('policy', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('programme_id', 'version', name=op.f('pk_policies'))
    )
    op.create_table('programmes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('association_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('template', sa.Text(), nullable=False),
    sa.Column('policy', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programmes'))
    )
    op.create_index(op.f('ix_programmes_association_id'), 'programmes', ['association_id'], unique=False)
    op.create_table('protections',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('evaluated_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_protections')),
    sa.UniqueConstraint('mentee_id', name=op.f('uq_protections_mentee_id'))
    )
    op.create_table('referrals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mentee_id', sa.Uuid(), nullable=False),
    sa.Column('guardian_id', sa.Uuid(), nullable=True),
    sa.Column('door', sa.Enum('prescriber', 'family', 'self', 'spreadsheet', 'api', name='door', native_enum=False, length=40), nullable=False),
    sa.Column('prescriber_id', sa.Uuid(), nullable=True),
    sa.Column('origin_id', sa.Uuid(), nullable=True),
    sa.Column('facets', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('youngest', sa.Integer(), nullable=False),
    sa.Column('oldest', sa.Integer(), nullable=False),
    sa.Column('minutes_a_month', sa.Integer(), nullable=True),
    sa.Column('reachable', sa.Boolean(), nullable=False),
    sa.Column('chooses', sa.Boolean(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_contact_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sealed', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('status', sa.Enum('submitted', 'qualified', 'offered', 'declined', 'expired', 'waiting_list', 'accepted', 'in_matching', 'matched', 'in_progress', 'completed', 'withdrawn', 'duplicate', 'entered_in_error', 'transferred', name='status', native_enum=False, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('asked', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('refusals', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waiting', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('choose_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('forget_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pair_id', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('custodian_id', sa.Uuid(), nullable=True),
    sa.Column('offer_id', sa.Uuid(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('age_band', sa.Enum('5-10', '11-14', '15-17', '18-20', '21-25', '26-30', '31+', name='ageband', native_enum=False, length=40), nullable=False),
    sa.Column('axis', sa.Enum('education', 'employment', name='axis', native_enum=False, length=40), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referrals'))
    )
    op.create_index('ix_referrals_cases', 'referrals', ['custodian_id', 'id'], unique=False)
    op.create_index('ix_referrals_due', 'referrals', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index(op.f('ix_referrals_guardian_id'), 'referrals', ['guardian_id'], unique=False)
    op.create_index(op.f('ix_referrals_mentee_id'), 'referrals', ['mentee_id'], unique=False)
    op.create_index('ix_referrals_old', 'referrals', ['forget_at'], unique=False, postgresql_where=sa.text('facets IS NOT NULL'))
    op.create_index(op.f('ix_referrals_origin_id'), 'referrals', ['origin_id'], unique=False)
    op.create_index('ix_referrals_places', 'referrals', ['offer_id', 'status'], unique=False, postgresql_where=sa.text("status IN ('accepted', 'in_matching', 'in_progress', 'matched', 'offered')"))
    op.create_index(op.f('ix_referrals_prescriber_id'), 'referrals', ['prescriber_id'], unique=False)
    op.create_index('ix_referrals_waiting', 'referrals', ['submitted_at'], unique=False, postgresql_where=sa.text("status = 'waiting_list'"))
    op.create_table('suspicions',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('known_id', sa.Uuid(), nullable=False),
    sa.Column('traces', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verdict', sa.Enum('undecided', 'same', 'other', name='verdict', native_enum=False, length=40), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('person_id', 'known_id', name=op.f('pk_suspicions'))
    )
    op.create_index(op.f('ix_suspicions_known_id'), 'suspicions', ['known_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_suspicions_known_id'), table_name='suspicions')
    op.drop_table('suspicions')
    op.drop_index('ix_referrals_waiting', table_name='referrals', postgresql_where=sa.text("status = 'waiting_list'"))
    op.drop_index(op.f('ix_referrals_prescriber_id'), table_name='referrals')
    op.drop_index('ix_referrals_places', table_name='referrals', postgresql_where=sa.text("status IN ('accepted', 'in_matching', 'in_progress', 'matched', 'offered')"))
    op.drop_index(op.f('ix_referrals_origin_id'), table_name='referrals')
    op.drop_index('ix_referrals_old', table_name='referrals', postgresql_where=sa.text('facets IS NOT NULL'))
    op.drop_index(op.f('ix_referrals_mentee_id'), table_name='referrals')
    op.drop_index(op.f('ix_referrals_guardian_id'), table_name='referrals')
    op.drop_index('ix_referrals_due', table_name='referrals', postgresql_where=sa.text('due_at IS NOT NULL'))
    op.drop_index('ix_referrals_cases', table_name='referrals')
    op.drop_table('referrals')
    op.drop_table('protections')
    op.drop_index(op.f('ix_programmes_association_id'), table_name='programmes')
    op.drop_table('programmes')
    op.drop_table('policies')
    op.drop_index('ix_person_keys_unpublished', table_name='person_keys', postgresql_where=sa.text('published_at IS NULL'))
    op.drop_table('person_keys')
    op.drop_table('people')
    op.drop_index(op.f('ix_pairs_referral_id'), table_name='pairs')
    op.drop_index(op.f('ix_pairs_mentor_id'), table_name='pairs')
    op.drop_index(op.f('ix_pairs_mentee_id'), table_name='pairs')
    op.drop_table('pairs')
    op.drop_index(op.f('ix_openings_offer_id'), table_name='openings')
    op.drop_index('ix_openings_new', table_name='openings', postgresql_where=sa.text('NOT looked_into'))
    op.drop_table('openings')
    op.drop_index(op.f('ix_offers_programme_id'), table_name='offers')
    op.drop_index(op.f('ix_offers_association_id'), table_name='offers')
    op.drop_table('offers')
    op.drop_index('ix_mentors_old', table_name='mentors', postgresql_where=sa.text('facets IS NOT NULL'))
    op.drop_index('ix_mentors_cases', table_name='mentors')
    op.drop_table('mentors')
    op.drop_table('index_keys')
    op.drop_index(op.f('ix_guardianships_mentee_id'), table_name='guardianships')
    op.drop_index(op.f('ix_guardianships_guardian_id'), table_name='guardianships')
    op.drop_table('guardianships')
    op.drop_index(op.f('ix_grants_person_id'), table_name='grants')
    op.drop_index(op.f('ix_grants_association_id'), table_name='grants')
    op.drop_table('grants')
    op.drop_index(op.f('ix_fingerprints_person_id'), table_name='fingerprints')
    op.drop_table('fingerprints')
    op.drop_table('erasures')
    op.drop_index(op.f('ix_authorisations_referral_id'), table_name='authorisations')
    op.drop_index(op.f('ix_authorisations_mentee_id'), table_name='authorisations')
    op.drop_index(op.f('ix_authorisations_guardian_id'), table_name='authorisations')
    op.drop_table('authorisations')
    op.drop_table('associations')
    op.drop_index(op.f('ix_answers_association_id'), table_name='answers')
    op.drop_table('answers')
    op.drop_table('adherences')
    op.drop_index(op.f('ix_accesses_reader_id'), table_name='accesses')
    op.drop_index(op.f('ix_accesses_person_id'), table_name='accesses')
    op.drop_table('accesses')
    corridor.drop_tables()
