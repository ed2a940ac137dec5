"""Paths and readiness, each rule as one sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import TrainingModule
from common.contracts.training import SessionKind
from training.domain.paths import (
    Attended,
    Mentor,
    MentorState,
    Path,
    is_complete,
    newly_ready,
    progress,
    ready,
)

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
ASSOCIATION, PROGRAMME = UUID(int=1), UUID(int=11)
MENTOR = UUID(int=21)


def module(code: str) -> TrainingModule:
    return TrainingModule(code=code, title_fr=code, title_en=code, minutes=60)


PATH = Path(
    programme_id=PROGRAMME,
    association_id=ASSOCIATION,
    name="Collège",
    version=1,
    modules=(module("posture"), module("limits")),
)


def attended(*modules: str, programme_id: UUID | None = PROGRAMME, day: int = 1) -> Attended:
    return Attended(
        association_id=ASSOCIATION,
        programme_id=programme_id,
        kind=SessionKind.TRAINING,
        modules=modules,
        starts_at=NOW + timedelta(days=day),
        minutes=60,
    )


IN_TRAINING = Mentor(
    id=MENTOR,
    association_id=ASSOCIATION,
    programme_ids=(PROGRAMME,),
    state=MentorState.APPLIED,
    version=1,
)


def test_a_module_is_completed_at_the_first_session_that_teaches_it():
    steps = progress(PATH, [attended("posture", day=3), attended("posture", day=2)])

    assert [step.completed_at for step in steps] == [NOW + timedelta(days=2), None]


def test_a_session_for_the_whole_association_counts_for_each_of_its_paths():
    assert is_complete(PATH, [attended("posture", "limits", programme_id=None)])


def test_a_session_of_another_programme_or_association_does_not_count():
    elsewhere = replace(attended("posture", "limits"), association_id=UUID(int=2))

    assert not is_complete(PATH, [attended("posture", "limits", programme_id=UUID(int=12))])
    assert not is_complete(PATH, [elsewhere])


def test_a_path_without_modules_is_complete_from_the_start():
    assert is_complete(replace(PATH, modules=()), [])


def test_a_mentor_with_every_module_is_ready_once():
    done = [attended("posture"), attended("limits", day=2)]

    assert newly_ready(IN_TRAINING, [PATH], done, []) == [PATH]
    assert newly_ready(IN_TRAINING, [PATH], done, [PROGRAMME]) == []


def test_who_left_or_never_applied_to_the_programme_is_not_announced():
    done = [attended("posture", "limits")]

    assert not newly_ready(replace(IN_TRAINING, state=MentorState.GONE), [PATH], done, [])
    assert not newly_ready(replace(IN_TRAINING, programme_ids=()), [PATH], done, [])


def test_readiness_tells_the_minutes_of_training():
    done = [attended("posture"), attended("limits", day=2)]

    event = ready(IN_TRAINING, PATH, done, readiness_id=UUID(int=51), at=NOW)

    assert (event.minutes, event.programme_id, event.version) == (120, PROGRAMME, 1)


@given(st.lists(st.sampled_from(["posture", "limits", "other"]), max_size=6), st.randoms())
def test_the_order_of_attendance_never_changes_who_is_ready(codes, random):
    sessions = [attended(code, day=day) for day, code in enumerate(codes)]
    shuffled = random.sample(sessions, len(sessions))

    assert progress(PATH, sessions) == progress(PATH, shuffled)
    assert is_complete(PATH, sessions) == ({"posture", "limits"} <= set(codes))
