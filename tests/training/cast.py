"""The cast of training's tests: one association, one programme, a mentor, and their events."""

from datetime import UTC, datetime
from uuid import UUID

from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.mentors import MentorApproved
from common.contracts.policy import Policy
from common.contracts.vocabulary import Modality
from tests.cast import people, rules
from tests.cast.story import Story

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
ASSOCIATION, ANOTHER_ASSOCIATION = UUID(int=1), UUID(int=2)
PROGRAMME = UUID(int=11)
MENTOR, ANOTHER_MENTOR, COORDINATOR = UUID(int=21), UUID(int=22), UUID(int=23)
SESSION, SIGN_UP = UUID(int=31), UUID(int=41)

POSTURE = {"code": "posture", "title_fr": "Rôle et posture", "title_en": "Role", "minutes": 120}
LIMITS = {"code": "limits", "title_fr": "Limites", "title_en": "Limits", "minutes": 60}


POLICY = rules.policy(settings=["minor"], training=[POSTURE, LIMITS])
STORY = Story(at=NOW, association_id=ASSOCIATION, programme_id=PROGRAMME, mentor_id=MENTOR)

ASSOCIATION_REGISTERED = STORY.tell(
    AssociationRegistered, name="Binômes de Seine", place=people.PARIS, pooled_with=()
)

PUBLISHED = STORY.tell(ProgrammePublished, name="Collège", template="mentoru", policy=POLICY)

APPROVED = STORY.tell(
    MentorApproved,
    version=2,
    programme_ids=(PROGRAMME,),
    screened_until=None,
    facets=people.mentor_facets(modalities=(Modality.REMOTE,)),
)


def policy_with(*modules: dict[str, object]) -> Policy:
    return Policy.model_validate(POLICY.model_dump() | {"training": list(modules)})
