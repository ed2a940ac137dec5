"""What an association promises and how many it can serve: programmes, policies, offers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import ValidationError

from common.contracts.followup.endings import OutcomeKind
from common.contracts.intake.associations import OfferPublished, ProgrammePublished
from common.contracts.policy import Policy
from common.contracts.vocabulary import Place
from common.errors import Invalid, NotFound
from intake.domain.people import OLDEST

Document: TypeAlias = Mapping[str, Any]
# Groups of a policy that are whole lists of choices: given anew, they replace the old ones.
REPLACED = frozenset({"screening"})
# In any unit, from minutes to years: what is counted from a day still is a day of the calendar.
LARGEST_COUNT = 5_000


class ProgrammeNotFound(NotFound):
    """No programme has this id."""

    fr = "Aucun programme n'a cet identifiant."


class ProgrammeUnknown(Invalid):
    """This association has no such programme."""

    fr = "Cette association n'a pas ce programme."


class OfferNotFound(NotFound):
    """No offer has this id."""

    fr = "Aucune offre n'a cet identifiant."


class OfferUnknown(Invalid):
    """There is no such offer in the catalogue."""

    fr = "Cette offre n'est pas au catalogue."


class TemplateUnknown(Invalid):
    """There is no such programme template."""

    fr = "Ce modèle de programme n'existe pas."


class RuleUnknown(Invalid):
    """A policy has no such rule."""

    fr = "Une politique de programme n'a pas cette règle."


class RuleRefused(Invalid):
    """This value is not one that the rule can have."""

    fr = "Cette valeur n'est pas possible pour cette règle."


class WeightsNotOne(Invalid):
    """The weights of the matching criteria must sum to 1."""

    fr = "La somme des poids des critères doit être égale à 1."


class CodeUnknown(Invalid):
    """This code is in no vocabulary."""

    fr = "Ce code n'est dans aucun vocabulaire."


class AgesReversed(Invalid):
    """The first age must not be above the last."""

    fr = "Le premier âge ne peut pas dépasser le dernier."


class ScreeningNotSaid(Invalid):
    """The policy must say which checks each of its publics needs."""

    fr = "La politique doit dire les vérifications demandées pour chacun de ses publics."


class CapacityReversed(Invalid):
    """The usual capacity of a mentor must not be above the largest one."""

    fr = "La capacité habituelle d'un mentor ne peut pas dépasser la plus grande."


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One way in which an association serves; its version is the version of its policy."""

    id: UUID
    association_id: UUID
    name: str
    template: str
    policy: Policy
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the catalogue shows of a programme: where, and how many places."""

    id: UUID
    association_id: UUID
    programme_id: UUID
    title: str
    place: Place
    reach_km: int
    capacity: int
    # The last time that a place came up here.
    opened_at: datetime
    open: bool = True
    # Places taken when it was announced last; the live figure is counted.
    announced_taken: int = 0
    version: int = 1


def merged(template: Document, overrides: Document, path: str = "") -> dict[str, Any]:
    """Lay the association's own rules over those of the template; a rule must exist."""
    result = dict(template)
    for name, value in overrides.items():
        where = f"{path}{name}"
        if name not in template:
            raise RuleUnknown(where)
        old = template[name]
        if isinstance(old, Mapping) and isinstance(value, Mapping) and where not in REPLACED:
            result[name] = merged(old, value, f"{where}.")
        else:
            result[name] = value
    return result


def policy_of(document: Document, *, levels: frozenset[str], texts: frozenset[str]) -> Policy:
    """Read a policy strictly: every rule there, possible, and of one mind with the others."""
    try:
        policy = Policy.model_validate(document)
    except ValidationError as error:
        raise refusal_of(error) from None
    check_codes(policy, levels=levels, texts=texts)
    check_counts(policy.model_dump())
    check_sense(policy)
    return policy


def refusal_of(error: ValidationError) -> Invalid:
    """Name the first rule that cannot be, in our own words."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(str(step) for step in first["loc"]) or "overrides"
    if first["type"] == "value_error" and field == "matching":
        return WeightsNotOne("matching.weights")
    return RuleRefused(field)


def check_codes(policy: Policy, *, levels: frozenset[str], texts: frozenset[str]) -> None:
    outcomes = frozenset(OutcomeKind)
    known = {
        "levels": set(policy.levels) <= levels,
        "positive_exit.kinds": set(policy.positive_exit.kinds) <= outcomes,
        "positive_exit.jobs": set(policy.positive_exit.jobs) <= outcomes,
        "agreement_template": policy.agreement_template in texts,
    }
    for field, is_known in known.items():
        if not is_known:
            raise CodeUnknown(field)


def check_counts(document: Document, path: str = "") -> None:
    for name, value in document.items():
        if isinstance(value, Mapping):
            check_counts(value, f"{path}{name}.")
        elif isinstance(value, (int, float)) and value > LARGEST_COUNT:
            raise RuleRefused(f"{path}{name}")


def check_sense(policy: Policy) -> None:
    first, last = policy.ages
    if first > last or last > OLDEST:
        raise AgesReversed("ages")
    if policy.mentor_capacity > policy.mentor_capacity_max:
        raise CapacityReversed("mentor_capacity")
    if not set(policy.settings) <= set(policy.screening):
        raise ScreeningNotSaid("screening")


def publish(programme: Programme, *, at: datetime) -> ProgrammePublished:
    return ProgrammePublished(
        occurred_at=at,
        association_id=programme.association_id,
        version=programme.version,
        programme_id=programme.id,
        name=programme.name,
        template=programme.template,
        policy=programme.policy,
    )


def revise(
    programme: Programme, policy: Policy, *, at: datetime
) -> tuple[Programme, ProgrammePublished]:
    """Give a programme new rules; what was signed before keeps its own."""
    revised = replace(programme, policy=policy, version=programme.version + 1)
    return revised, publish(revised, at=at)


def announce_offer(offer: Offer, *, at: datetime) -> OfferPublished:
    return OfferPublished(
        occurred_at=at,
        association_id=offer.association_id,
        version=offer.version,
        offer_id=offer.id,
        programme_id=offer.programme_id,
        capacity=offer.capacity,
        taken=offer.announced_taken,
        open=offer.open,
    )


def resize(
    offer: Offer, *, capacity: int, is_open: bool, taken: int, at: datetime
) -> tuple[Offer, OfferPublished]:
    """Set how many an offer can serve; nobody who has a place loses it."""
    grew = is_open and (capacity > offer.capacity or not offer.open)
    resized = replace(
        offer,
        capacity=capacity,
        open=is_open,
        opened_at=at if grew else offer.opened_at,
        announced_taken=taken,
        version=offer.version + 1,
    )
    return resized, announce_offer(resized, at=at)


def recount(offer: Offer, *, taken: int, at: datetime) -> tuple[Offer, OfferPublished]:
    """Announce how many places are taken by now."""
    recounted = replace(offer, announced_taken=taken, version=offer.version + 1)
    return recounted, announce_offer(recounted, at=at)
