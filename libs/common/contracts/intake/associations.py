"""Facts that intake announces of associations, and of what they offer."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, NonNegativeInt

from common.contracts import Event
from common.contracts.policy import Policy
from common.contracts.vocabulary import Place


class AssociationRegistered(Event):
    """An association of the collective is known, or what is known of it changed."""

    subject: ClassVar[str] = "events.intake.association_registered.v1"
    key: ClassVar[str] = "association_id"

    association_id: UUID
    # The name of an organisation, which is public.
    name: Annotated[str, Field(min_length=1, max_length=200)]
    place: Place
    # Associations whose mentors may serve this one's mentees.
    pooled_with: tuple[UUID, ...]


class ProgrammePublished(Event):
    """A programme has a new version of its policy; what was signed before keeps its own."""

    subject: ClassVar[str] = "events.intake.programme_published.v1"
    key: ClassVar[str] = "programme_id"

    association_id: UUID
    programme_id: UUID
    name: Annotated[str, Field(min_length=1, max_length=200)]
    template: Annotated[str, Field(max_length=60)]
    policy: Policy


class OfferPublished(Event):
    """An offer of a programme is in the catalogue, with the places it has left."""

    subject: ClassVar[str] = "events.intake.offer_published.v1"
    key: ClassVar[str] = "offer_id"

    association_id: UUID
    offer_id: UUID
    programme_id: UUID
    capacity: NonNegativeInt
    taken: NonNegativeInt
    open: bool
