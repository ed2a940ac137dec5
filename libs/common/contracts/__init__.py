"""What services say to each other: the only thing that two services may share."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, PositiveInt


class Fact(BaseModel):
    """A value inside an event: immutable, and read leniently by those who hear it."""

    # Listeners ignore what they do not know, so that a contract may gain optional fields.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Event(Fact):
    """A fact, in the past tense: harmless to hear twice, late or out of order.

    `version` counts the changes of the thing that the event is about, as its announcer
    keeps it; `key` names the field that holds the id of that thing. A listener applies a
    fact only if its version is newer than the one it holds for the same announcer and id.
    What takes back what other events say is heard `alone`: while nobody else in that service
    is writing down what they heard.
    """

    subject: ClassVar[str]
    key: ClassVar[str]
    alone: ClassVar[bool] = False

    occurred_at: AwareDatetime
    association_id: UUID | None
    version: PositiveInt

    @classmethod
    def announcer(cls) -> str:
        """Return the service that says this: the second token of the subject."""
        return cls.subject.split(".")[1]

    def about(self) -> UUID:
        """Return the id of the thing whose version this event carries."""
        identity: UUID = getattr(self, self.key)
        return identity
