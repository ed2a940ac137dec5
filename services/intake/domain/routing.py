"""Which offers could serve a referral, in which order, and why: every reason has a name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from common.calendar import MONTHS_A_YEAR
from common.contracts.intake.referrals import DeclineReason
from common.contracts.policy import Meetings, Per, Policy
from common.contracts.vocabulary import Digital, MenteeFacets, Modality, Place
from common.errors import Conflict, Invalid
from intake.domain.asking import Askable
from intake.domain.distances import kilometres
from intake.domain.people import Ages
from intake.domain.referrals import Referral, Refusal, known_facets

WEEKS_A_YEAR = 52
# An association may have a place again; what else it said still holds.
ASKED_AGAIN_AFTER = frozenset({None, DeclineReason.NO_CAPACITY})
# What is said of one offer. Anything else, and silence, is the association's word on all it has.
OF_THE_OFFER = frozenset(
    {
        DeclineReason.OUT_OF_TERRITORY,
        DeclineReason.AGE,
        DeclineReason.PUBLIC,
        DeclineReason.NO_CAPACITY,
        DeclineReason.MODALITY,
    }
)
# Somebody comes to the mentee, who otherwise travels.
MENTOR_TRAVELS = frozenset({Modality.HOME, Modality.SCHOOL})


class OfferDoesNotSuit(Conflict):
    """This offer cannot serve this referral; the routing says why."""

    fr = "Cette offre ne peut pas répondre à cette orientation ; le routage dit pourquoi."


class OutsideTheOffer(Invalid):
    """The offer that was asked for is not for this person."""

    fr = "L'offre demandée ne s'adresse pas à cette personne."


class Aspect(StrEnum):
    """What an offer is looked at for."""

    OPEN = "open"
    AGE = "age"
    AXIS = "axis"
    LEVEL = "level"
    PUBLIC = "public"
    MODALITY = "modality"
    TERRITORY = "territory"
    CAPACITY = "capacity"
    ALREADY_ASKED = "already_asked"
    ENGAGEMENT = "engagement"


# What no other place and no other day would change, and the field that says it.
OF_THE_PERSON = {
    Aspect.AGE: "birth_date",
    Aspect.AXIS: "axis",
    Aspect.LEVEL: "level",
    Aspect.PUBLIC: "publics",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """An offer as the catalogue has it now: its rules, its place, the places it has left."""

    offer_id: UUID
    title: str
    association_id: UUID
    association_name: str
    programme_id: UUID
    programme_name: str
    policy_version: int
    policy: Policy
    place: Place
    reach_km: int
    capacity: int
    taken: int
    # Referrals that wait for this association's answer.
    asked: int
    open: bool
    opened_at: datetime

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    @property
    def crowded(self) -> bool:
        """Every place left would be gone if the association said yes to all who asked."""
        return self.asked >= self.free

    def askable(self) -> Askable:
        return Askable(
            offer_id=self.offer_id,
            association_id=self.association_id,
            programme_id=self.programme_id,
            policy_version=self.policy_version,
            policy=self.policy,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What a referral asks of an offer."""

    facets: MenteeFacets
    ages: Ages
    minutes_a_month: int | None
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One aspect of an offer, for it or against it, with what was measured and its limit."""

    aspect: Aspect
    fits: bool
    measured: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """An offer with the reasons for it and against it."""

    shelf: Shelf
    reasons: tuple[Reason, ...]
    # The way to meet that the person likes best among those that the offer can do.
    modality: Modality | None
    distance_km: int

    @property
    def against(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if not reason.fits)

    @property
    def suits(self) -> bool:
        # How much time a person wants to give is a wish; everything else is a condition.
        return all(reason.aspect is Aspect.ENGAGEMENT for reason in self.against)


def want_of(referral: Referral) -> Want:
    return Want(
        facets=known_facets(referral),
        ages=referral.ages,
        minutes_a_month=referral.minutes_a_month,
        refusals=referral.refusals,
    )


def rank(want: Want, shelves: Iterable[Shelf]) -> tuple[Rated, ...]:
    """Put the offers in order: those that suit first, then the likeliest to serve well."""
    return tuple(sorted((rate(want, shelf) for shelf in shelves), key=lambda r: order(want, r)))


def order(want: Want, rated: Rated) -> tuple[object, ...]:
    """Say what counts first: suits, has room, as much time as wished, liked way to meet, near."""
    liked = want.facets.modalities
    shelf = rated.shelf
    return (
        not rated.suits,
        len(rated.against) if not rated.suits else 0,
        shelf.crowded,
        not all(reason.fits for reason in rated.reasons),
        liked.index(rated.modality) if rated.modality else len(liked),
        0 if rated.modality is Modality.REMOTE else rated.distance_km,
        (shelf.taken + shelf.asked) / max(shelf.capacity, 1),
        shelf.offer_id,
    )


def best(ranking: tuple[Rated, ...]) -> Shelf | None:
    """Give the offer to ask first, if any suits."""
    return ranking[0].shelf if ranking and ranking[0].suits else None


def chosen(ranking: tuple[Rated, ...], offer_id: UUID) -> Shelf:
    """Give the offer that the young person chose; it must suit."""
    for rated in ranking:
        if rated.shelf.offer_id == offer_id and rated.suits:
            return rated.shelf
    raise OfferDoesNotSuit(offer_id)


def check_wish(want: Want, shelf: Shelf) -> None:
    """Refuse a wish that this person can never have, and name the field that says so."""
    for reason in rate(want, shelf).against:
        if field := OF_THE_PERSON.get(reason.aspect):
            raise OutsideTheOffer(field)


def rate(want: Want, shelf: Shelf) -> Rated:
    """Look at one offer from every aspect."""
    facets, policy = want.facets, shelf.policy
    first, last = policy.ages
    distance = kilometres(facets.place, shelf.place)
    shared = tuple(each for each in facets.modalities if each in policy.modalities)
    possible = tuple(each for each in shared if can_meet(facets, each))
    within = tuple(each for each in possible if distance <= reach(facets, shelf, each))
    reasons = (
        plain(Aspect.OPEN, fits=shelf.open),
        Reason(
            aspect=Aspect.AGE,
            fits=want.ages.overlaps(first, last),
            measured=want.ages.youngest,
            limit=last if want.ages.youngest > last else first,
        ),
        plain(Aspect.AXIS, fits=facets.axis in policy.axes),
        plain(Aspect.LEVEL, fits=not policy.levels or facets.level in policy.levels),
        plain(Aspect.PUBLIC, fits=facets.setting in policy.settings),
        plain(Aspect.MODALITY, fits=bool(possible)),
        territory(facets, shelf, possible, distance),
        Reason(
            aspect=Aspect.CAPACITY,
            fits=shelf.free > 0,
            measured=shelf.taken,
            limit=shelf.capacity,
        ),
        plain(Aspect.ALREADY_ASKED, fits=may_be_asked(want.refusals, shelf)),
        engagement(want.minutes_a_month, policy.meetings),
    )
    return Rated(
        shelf=shelf,
        reasons=reasons,
        modality=within[0] if within else None,
        distance_km=distance,
    )


@cache
def plain(aspect: Aspect, *, fits: bool) -> Reason:
    """Give a reason that is a yes or a no, and nothing to measure."""
    return Reason(aspect=aspect, fits=fits)


def can_meet(facets: MenteeFacets, modality: Modality) -> bool:
    return modality is not Modality.REMOTE or facets.digital is not Digital.NONE


def reach(facets: MenteeFacets, shelf: Shelf, modality: Modality) -> float:
    """Tell how far apart they may live for this way to meet."""
    if modality is Modality.REMOTE:
        return float("inf")
    return shelf.reach_km if modality in MENTOR_TRAVELS else facets.reach_km


def territory(
    facets: MenteeFacets, shelf: Shelf, possible: tuple[Modality, ...], distance: int
) -> Reason:
    """Compare the distance with the widest reach of the ways to meet that both know."""
    # Whoever shares no way to meet is told about that; the distance is not the hindrance.
    widest = max((reach(facets, shelf, each) for each in possible), default=float("inf"))
    return Reason(
        aspect=Aspect.TERRITORY,
        fits=distance <= widest,
        measured=distance,
        limit=None if widest == float("inf") else int(widest),
    )


def may_be_asked(refusals: tuple[Refusal, ...], shelf: Shelf) -> bool:
    """Ask nobody twice, unless it lacked a place only and has had a new one since."""
    return all(
        each.reason in ASKED_AGAIN_AFTER and shelf.opened_at > each.at
        for each in refusals
        if concerns(each, shelf)
    )


def concerns(refusal: Refusal, shelf: Shelf) -> bool:
    if refusal.reason in OF_THE_OFFER:
        return refusal.offer_id == shelf.offer_id
    return refusal.association_id == shelf.association_id


def engagement(wished: int | None, meetings: Meetings) -> Reason:
    asked_for = minutes_a_month(meetings)
    return Reason(
        aspect=Aspect.ENGAGEMENT,
        fits=wished is None or asked_for <= wished,
        measured=asked_for,
        limit=wished,
    )


def minutes_a_month(meetings: Meetings) -> int:
    minutes = meetings.count * meetings.minutes
    return minutes * WEEKS_A_YEAR // MONTHS_A_YEAR if meetings.per is Per.WEEK else minutes
