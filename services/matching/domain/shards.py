"""What of a run is independent by rule, so that replicas may compute its parts apart.

A *strand* is a programme and, where the policy asks for it, an axis. A mentor who could take
somebody on in several strands joins them; strands that nobody joins share no possible pair, and
their assignments are independent: served, protected and fit of the parts add up to those of the
whole. Geography divides nothing: it is one component nationally.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TypeAlias
from uuid import UUID

from common.contracts.policy import Constraint
from common.contracts.vocabulary import Axis
from matching.domain.computation import Figures, Inputs, Line, Result, compute, objective_of
from matching.domain.people import Mentee, Mentor, Terms, places

Strand: TypeAlias = tuple[UUID, Axis | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """All that decides in which strands a mentor stands; many mentors stand alike."""

    association_id: UUID
    programmes: frozenset[UUID]
    # Programmes in which they could begin: available, trained, and with a place left.
    ready: frozenset[UUID]
    axes: frozenset[Axis]


def shards_of(inputs: Inputs) -> list[Inputs]:
    """Cut a run into its parts, in the order of their first referrals.

    A part holds its mentees, and every mentor who stands in one of its strands, free or not: so
    the reasons of its refusals are counted as in the whole.
    """
    terms = {each.programme_id: each for each in inputs.terms}
    ordered = sorted(inputs.mentees, key=attrgetter("referral_id"))
    waited = dict.fromkeys(strand_of(each, terms) for each in ordered)
    stands = [stand_of(each, inputs.terms) for each in inputs.mentors]
    part_of = joined(waited, [strands(each, terms, each.ready) for each in set(stands)])
    parts = dict.fromkeys(part_of[each] for each in waited)
    mentees: dict[Strand, list[Mentee]] = {each: [] for each in parts}
    for mentee in ordered:
        mentees[part_of[strand_of(mentee, terms)]].append(mentee)
    mentors: dict[Strand, list[Mentor]] = {each: [] for each in parts}
    for mentor, stand in zip(inputs.mentors, stands, strict=True):
        touched = strands(stand, terms, stand.programmes) & waited.keys()
        for part in {part_of[each] for each in touched}:
            mentors[part].append(mentor)
    return [
        replace(inputs, mentees=tuple(mentees[each]), mentors=tuple(mentors[each]))
        for each in parts
    ]


def axis_asked(terms: Terms) -> bool:
    return Constraint.AXIS_AND_LEVEL in terms.policy.matching.hard


def strand_of(mentee: Mentee, terms: Mapping[UUID, Terms]) -> Strand:
    asked = axis_asked(terms[mentee.programme_id])
    return mentee.programme_id, mentee.facets.axis if asked else None


def stand_of(mentor: Mentor, terms: Collection[Terms]) -> Stand:
    free = mentor.available and granted(mentor, terms) > 0
    return Stand(
        association_id=mentor.association_id,
        programmes=mentor.programmes,
        ready=mentor.programmes & mentor.trained_for if free else frozenset(),
        axes=frozenset(mentor.facets.axes),
    )


def granted(mentor: Mentor, terms: Collection[Terms]) -> int:
    """Count the places that every programme of the run would grant."""
    return min((places(mentor, each.policy) for each in terms), default=0)


def strands(
    stand: Stand, terms: Mapping[UUID, Terms], programmes: frozenset[UUID]
) -> frozenset[Strand]:
    """List the strands of these programmes in which somebody who stands so may serve."""
    open_to = [
        terms[each]
        for each in programmes & terms.keys()
        if stand.association_id in terms[each].associations
    ]
    return frozenset(
        (each.programme_id, axis)
        for each in open_to
        for axis in (stand.axes if axis_asked(each) else (None,))
    )


def joined(waited: Iterable[Strand], links: Iterable[frozenset[Strand]]) -> dict[Strand, Strand]:
    """Name the part of each strand by one of its strands: those that a link holds are one part."""
    part_of = {each: each for each in waited}
    for link in links:
        touched = {part_of[each] for each in link if each in part_of}
        first = next((each for each in part_of.values() if each in touched), None)
        for strand, part in part_of.items():
            if first is not None and part in touched:
                part_of[strand] = first
    return part_of


def assembled(inputs: Inputs, shards: Sequence[Inputs], results: Sequence[Result]) -> Result:
    """Put the results of all parts together, in an order that does not tell who computed what."""
    stands = {each.mentor_id: stand_of(each, inputs.terms) for each in inputs.mentors}
    everywhere = Counter(stands.values())
    found: list[Line] = []
    for shard, result in zip(shards, results, strict=True):
        inside = Counter(stands[each.mentor_id] for each in shard.mentors)
        found += with_those_outside(shard, result.lines, everywhere - inside)
    return Result(
        objective=objective_of(inputs.terms),
        waiting=sum(each.waiting for each in results),
        protected=sum(each.protected for each in results),
        mentors=len(inputs.mentors),
        places=sum(granted(each, inputs.terms) for each in inputs.mentors),
        couples=sum(each.couples for each in results),
        reached=added(each.reached for each in results),
        first_come=added(each.first_come for each in results),
        certificates=[certificate for each in results for certificate in each.certificates],
        lines=sorted(found, key=attrgetter("referral_id")),
    )


def added(figures: Iterable[Figures]) -> Figures:
    counted = list(figures)
    return Figures(
        served=sum(each.served for each in counted),
        protected_served=sum(each.protected_served for each in counted),
        points=sum(each.points for each in counted),
    )


def with_those_outside(
    shard: Inputs, lines: Iterable[Line], outside: Mapping[Stand, int]
) -> list[Line]:
    """Count, in the reasons of who goes without, the mentors who do not stand in their part.

    Of those only what keeps them out of a strand is said: association, readiness, axis.
    """
    terms = {each.programme_id: each for each in shard.terms}
    strand = {each.referral_id: strand_of(each, terms) for each in shard.mentees}
    kept_out = {each: kept_out_of(each, terms, outside) for each in set(strand.values())}
    return [
        line
        if line.mentor_id
        else line.model_copy(
            update={"blocked": summed(line.blocked, kept_out[strand[line.referral_id]])}
        )
        for line in lines
    ]


def kept_out_of(
    strand: Strand, terms: Mapping[UUID, Terms], stands: Mapping[Stand, int]
) -> Counter[Constraint]:
    programme, axis = strand
    counted: Counter[Constraint] = Counter()
    for stand, number in stands.items():
        hindered = {
            Constraint.ASSOCIATION: stand.association_id not in terms[programme].associations,
            Constraint.READINESS: programme not in stand.programmes,
            Constraint.AXIS_AND_LEVEL: axis is not None and axis not in stand.axes,
        }
        counted.update({name: number for name, hit in hindered.items() if hit})
    return counted


def summed(
    inside: Mapping[Constraint, int], outside: Mapping[Constraint, int]
) -> dict[Constraint, int]:
    total = Counter(inside) + Counter(outside)
    return {each: total[each] for each in Constraint if total[each]}


def solve(inputs: Inputs) -> Result:
    """Compute a whole run alone: what replicas reach together, to the byte."""
    shards = shards_of(inputs)
    return assembled(inputs, shards, [compute(each) for each in shards])
