"""What training does: load, decide, save, emit, inside the caller's transaction."""

from training.handlers.heard import (
    forget_person,
    keep_association,
    keep_grant,
    keep_mentor,
    keep_person,
    keep_programme,
    keep_suspension,
    part_with_mentor,
)
from training.handlers.learnt import announce_ready_mentors, publish_exchange_sessions
from training.handlers.planned import (
    cancel_session,
    enrol,
    give_up_place,
    record_attendance,
    schedule_session,
    sign_up,
)

__all__ = [
    "announce_ready_mentors",
    "cancel_session",
    "enrol",
    "forget_person",
    "give_up_place",
    "keep_association",
    "keep_grant",
    "keep_mentor",
    "keep_person",
    "keep_programme",
    "keep_suspension",
    "part_with_mentor",
    "publish_exchange_sessions",
    "record_attendance",
    "schedule_session",
    "sign_up",
]
