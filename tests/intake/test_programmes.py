"""The five systems ship as templates, and what an association changes is read strictly."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Per, Policy, Signatory
from common.errors import Invalid
from intake.blueprints import blueprints, collective_policy, policy_from
from intake.domain.programmes import RuleUnknown, TemplateUnknown, WeightsNotOne


def test_the_five_systems_ship():
    assert list(blueprints()) == ["afev", "clavim", "mentoru", "remote", "un_jeune_un_mentor"]


@pytest.mark.parametrize("code", blueprints())
def test_every_template_is_a_whole_policy_with_the_defaults_of_the_collective(code):
    policy = policy_from(code, {})

    assert policy.min_duration_months == 6
    assert (policy.referral_remind_days, policy.referral_expire_days) == (10, 30)
    assert policy.referral_answer_working_days == 2
    assert (policy.proposal_remind_days, policy.proposal_expire_days) == (3, 7)
    assert policy.agreement_template == code
    assert policy.exchange.every_months == 2
    assert policy.exchange.minutes == 90


@pytest.mark.parametrize(
    ("code", "count", "per", "minutes"),
    [
        ("afev", 1, Per.WEEK, 120),
        ("mentoru", 2, Per.MONTH, 60),
        ("clavim", 1, Per.MONTH, 60),
        ("un_jeune_un_mentor", 1, Per.MONTH, 90),
    ],
)
def test_each_system_meets_as_often_as_its_seed_says(code, count, per, minutes):
    meetings = policy_from(code, {}).meetings

    assert (meetings.count, meetings.per, meetings.minutes) == (count, per, minutes)


def test_mentoru_is_signed_by_two_and_clavim_by_three():
    assert policy_from("mentoru", {}).signatories == (Signatory.MENTOR, Signatory.MENTEE)
    assert Signatory.ORGANISATION in policy_from("clavim", {}).signatories


def test_mentoru_asks_how_it_goes_every_two_months():
    assert policy_from("mentoru", {}).check_ins.then_every_months == 2


def test_an_association_changes_one_rule_and_keeps_the_others():
    policy = policy_from("afev", {"meetings": {"minutes": 90}, "ages": [6, 18]})

    assert policy.meetings.minutes == 90
    assert policy.meetings.per is Per.WEEK
    assert policy.ages == (6, 18)


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"colour": 1}, "colour"),
        ({"meetings": {"colour": 1}}, "meetings.colour"),
        ({"meetings": {"minutes": -5}}, "meetings.minutes"),
        ({"meetings": {"minutes": "long"}}, "meetings.minutes"),
        ({"ages": [20, 10]}, "ages"),
        ({"ages": [5, 900]}, "ages"),
        ({"levels": ["no-such-level"]}, "levels"),
        ({"matching": {"weights": {"hobby": 0.9}}}, "matching.weights"),
        ({"positive_exit": {"kinds": ["fame"]}}, "positive_exit.kinds"),
        ({"positive_exit": {"jobs": ["fame"]}}, "positive_exit.jobs"),
        ({"agreement_template": "unheard_of"}, "agreement_template"),
        ({"screening": {"adult": []}}, "screening"),
        ({"mentor_capacity": 9}, "mentor_capacity"),
        ({"modalities": ["teleport"]}, "modalities.0"),
        ({"matching": {"weights": {"fame": 1}}}, "matching.weights.fame"),
        ({"matching": {"weights": {"hobby": nan}}}, "matching.weights.hobby"),
        ({"matching": {"weights": {"hobby": inf}}}, "matching.weights.hobby"),
        ({"matching": {"weights": {"hobby": -0.1}}}, "matching.weights.hobby"),
        ({"matching": {"weights": {"hobby": None}}}, "matching.weights.hobby"),
        ({"matching": {"weights": []}}, "matching.weights"),
        ({"matching": {"hard": ["fame"]}}, "matching.hard.0"),
        ({"matching": {"objective": "most_famous"}}, "matching.objective"),
        ({"matching": {"protect_after_days": 0}}, "matching.protect_after_days"),
        ({"matching": {"protect_after_days": inf}}, "matching.protect_after_days"),
        ({"matching": {"age_bands_older": -1}}, "matching.age_bands_older"),
        ({"mentor_capacity": -1}, "mentor_capacity"),
        ({"mentor_capacity_max": 0}, "mentor_capacity_max"),
        ({"check_ins": {"then_every_months": 99_999}}, "check_ins.then_every_months"),
        ({"retention": {"case_years": 9_000}}, "retention.case_years"),
        ({"ladder": {"silence_periods": 1e12}}, "ladder.silence_periods"),
        ({"ladder": {"silence_periods": nan}}, "ladder.silence_periods"),
        ({"ladder": {"silence_periods": inf}}, "ladder.silence_periods"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_its_name(overrides, field):
    with pytest.raises(Invalid) as no:
        policy_from("afev", overrides)

    assert no.value.field == field


def test_an_unknown_template_is_refused():
    with pytest.raises(TemplateUnknown):
        policy_from("unheard_of", {})


WEIGHTS = st.dictionaries(
    st.sampled_from(sorted(blueprints()["afev"].policy["matching"]["weights"])),
    st.floats(0, 1),
    min_size=1,
)


@given(WEIGHTS)
def test_weights_sum_to_one_or_are_refused(weights):
    policy = read({"matching": {"weights": weights}})

    if isinstance(policy, Policy):
        assert sum(policy.matching.weights.values()) == pytest.approx(1)
    else:
        assert isinstance(policy, WeightsNotOne)


def read(overrides):
    try:
        return policy_from("afev", overrides)
    except Invalid as no:
        return no


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10) | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.sampled_from(sorted(blueprints()["afev"].policy)), JSON)
def test_whatever_is_sent_for_a_rule_is_read_or_refused_by_name(rule, value):
    policy = read({rule: value})

    if isinstance(policy, Invalid):
        # A rule may also be refused because another one depends on it.
        assert policy.field.split(".")[0] in {rule, "matching", "mentor_capacity", "screening"}


def test_a_rule_of_another_name_is_unknown():
    with pytest.raises(RuleUnknown):
        policy_from("afev", {"": 1})


def test_what_holds_before_a_programme_is_asked_is_data_too():
    assert collective_policy() == policy_from("un_jeune_un_mentor", {})
