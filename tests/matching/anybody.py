"""Anybody at all, as hypothesis makes them up: people of every kind, and programmes."""

from datetime import UTC, date
from uuid import UUID

from hypothesis import strategies as st

from common.contracts.policy import Constraint, Criterion
from common.contracts.vocabulary import (
    AgeBand,
    Axis,
    Digital,
    Expectation,
    Gender,
    MenteeFacets,
    MentorFacets,
    Modality,
    Motivation,
    Place,
    Setting,
    Support,
)
from matching.domain.people import Mentee, Mentor, Terms
from tests.matching.cast import (
    ASSOCIATION,
    NOW,
    POOLED,
    PROGRAMME,
    STRANGERS,
    matching_policy,
    policy,
)


def some(*codes, most=3):
    return st.lists(st.sampled_from(codes), max_size=most).map(tuple)


def places():
    return st.builds(
        Place,
        commune=st.just("75056"),
        department=st.just("75"),
        latitude=st.sampled_from([48.85, 48.9, 49.4, 43.3, -21.1]),
        longitude=st.sampled_from([2.35, 2.4, 5.4, 55.5]),
        rural=st.booleans(),
        priority_district=st.none(),
    )


LISTS = {
    "supports": some(*Support),
    "sectors": some("health", "industry", "law", "sport"),
    "functions": some("nurse", "lawyer", "engineer"),
    "languages": some("fr", "ar", "en"),
    "hobbies": some("football", "chess", "music"),
    "expectations": some(*Expectation),
    "modalities": some(*Modality, most=5),
    "slots": some(1, 2, 3, 4),
}
ANYBODY = {
    **LISTS,
    "age_band": st.sampled_from(AgeBand),
    "gender": st.sampled_from(Gender),
    "mother_tongue": st.none() | st.sampled_from(["fr", "ar", "en"]),
    "motivation": st.none() | st.sampled_from(Motivation),
    "place": places(),
    "reach_km": st.sampled_from([0, 5, 10, 80, 500]),
}


def mentee_facets():
    return st.builds(
        MenteeFacets,
        **ANYBODY,
        setting=st.sampled_from(Setting),
        axis=st.sampled_from(Axis),
        level=st.sampled_from(["college", "lycee"]),
        needs=st.just(()),
        digital=st.sampled_from(Digital),
        publics=st.just(()),
        experience_wanted=st.booleans(),
    )


def mentor_facets():
    return st.builds(
        MentorFacets,
        **ANYBODY,
        settings=some(*Setting),
        axes=some(*Axis),
        levels=some("college", "lycee"),
        capacity=st.integers(0, 3),
        experienced=st.booleans(),
    )


def mentees(**fixed):
    return st.builds(
        Mentee,
        referral_id=st.uuids(),
        mentee_id=st.uuids(),
        association_id=st.just(ASSOCIATION),
        programme_id=st.just(PROGRAMME),
        facets=mentee_facets(),
        waiting_since=st.datetimes(
            NOW.replace(tzinfo=None, month=1), NOW.replace(tzinfo=None), timezones=st.just(UTC)
        ),
        guardian_id=st.none() | st.sampled_from([UUID(int=100), UUID(int=101)]),
        broken_pairs=st.integers(0, 2),
        excluded=st.frozensets(st.sampled_from([UUID(int=102), UUID(int=103)])),
        **fixed,
    )


def mentors(mentor_id=None):
    return st.builds(
        Mentor,
        mentor_id=mentor_id or st.sampled_from([UUID(int=number) for number in range(100, 130)]),
        association_id=st.sampled_from([ASSOCIATION, POOLED, STRANGERS]),
        facets=mentor_facets(),
        available=st.booleans(),
        programmes=st.sampled_from([frozenset(), frozenset({PROGRAMME})]),
        trained_for=st.sampled_from([frozenset(), frozenset({PROGRAMME})]),
        screened_until=st.none() | st.sampled_from([date(2026, 9, 13), date(2026, 9, 14)]),
        engaged=st.integers(0, 3),
    )


def pools(most=12):
    return st.lists(mentors(), max_size=most, unique_by=lambda each: each.mentor_id)


def likely(mentor):
    """Make the same mentor free, trained and screened, so that only taste and distance decide."""
    return Mentor(
        mentor_id=mentor.mentor_id,
        association_id=ASSOCIATION,
        facets=mentor.facets.model_copy(
            update={"settings": tuple(Setting), "axes": tuple(Axis), "levels": (), "capacity": 2}
        ),
        available=True,
        programmes=frozenset({PROGRAMME}),
        trained_for=frozenset({PROGRAMME}),
        screened_until=None,
    )


def terms():
    return st.builds(
        Terms,
        programme_id=st.just(PROGRAMME),
        policy_version=st.just(1),
        policy=st.builds(
            policy,
            matching=st.builds(
                matching_policy,
                hard=st.lists(st.sampled_from(Constraint), unique=True).map(tuple),
                weights=weights(),
                age_bands_older=st.integers(0, 2),
            ),
            modalities=some(*Modality, most=5),
            mentor_capacity_max=st.integers(1, 3),
        ),
        associations=st.just(frozenset({ASSOCIATION, POOLED})),
        today=st.just(NOW.date()),
    )


def weights():
    """Weights that sum to 1, some of them 0."""
    shares = st.lists(st.integers(0, 5), min_size=8, max_size=8).filter(any)
    return shares.map(
        lambda given: {
            criterion: share / sum(given) for criterion, share in zip(Criterion, given, strict=True)
        }
    )
