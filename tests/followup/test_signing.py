"""The way to a signature: a code is read about, sent, tried a few times, and good for one."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from common.contracts.policy import Signatory
from followup.domain import signing
from followup.domain.errors import NoCode, NotRead, TooManyCodes
from followup.domain.signing import CODE_LIVES, CODES_A_DAY, TRIES, Signing, Step
from tests.followup.facts import MENTOR, T0

NEW = Signing(agreement_id=UUID(int=1), capacity=Signatory.MENTOR, person_id=MENTOR)
READ = signing.open_text(NEW, at=T0)


def sent(way, at=T0):
    return signing.send_code(way, code_hash="right", channel="m…@example.org", at=at)


def test_a_code_signs_once():
    signed, right = signing.try_code(sent(READ), "right", at=T0)

    assert right
    with pytest.raises(NoCode):
        signing.try_code(signed, "right", at=T0)


def test_each_step_is_written_down_in_order_with_its_time():
    opened, asked, wrong, right = (T0 + timedelta(minutes=number) for number in range(4))
    way = sent(signing.open_text(NEW, at=opened), asked)
    way, _ = signing.try_code(way, "wrong", at=wrong)
    way, _ = signing.try_code(way, "right", at=right)

    assert [(each.step, each.at) for each in way.log] == [
        (Step.OPENED, opened),
        (Step.CODE_SENT, asked),
        (Step.CODE_REFUSED, wrong),
        (Step.CODE_CHECKED, right),
        (Step.SIGNED, right),
    ]


def test_a_signature_on_paper_is_attested_and_then_counts():
    attested = signing.attest(NEW, at=T0)

    assert [(each.step, each.at) for each in attested.log] == [
        (Step.ATTESTED, T0),
        (Step.SIGNED, T0),
    ]


def test_the_text_is_opened_once_however_often_it_is_read_again():
    assert [each.step for each in READ.log] == [Step.OPENED]
    assert signing.open_text(READ, at=T0 + timedelta(hours=1)) == READ
    # Whatever else is in the log first.
    assert len(signing.open_text(signing.attest(NEW, at=T0), at=T0).log) == 3


def test_a_new_code_takes_the_place_of_the_old_one_and_says_where_it_went():
    tired = replace(sent(READ), tries=TRIES)
    again = signing.send_code(
        tired, code_hash="other", channel="06 … 12", at=T0 + timedelta(hours=1)
    )

    assert (again.code_hash, again.channel, again.tries) == ("other", "06 … 12", 0)
    assert again.code_sent_at == T0 + timedelta(hours=1)


def test_a_code_is_not_sent_before_the_text_was_read():
    with pytest.raises(NotRead):
        sent(NEW)


def test_a_code_is_over_after_its_time_and_after_its_tries():
    way = sent(READ)

    with pytest.raises(NoCode):
        signing.try_code(way, "right", at=T0 + CODE_LIVES)
    with pytest.raises(NoCode):
        signing.try_code(replace(way, tries=TRIES), "right", at=T0)


def test_a_wrong_try_is_counted_and_does_not_sign():
    tried, right = signing.try_code(sent(READ), "wrong", at=T0)

    assert (tried.tries, right) == (1, False)


def test_so_many_codes_are_sent_in_a_day_and_no_more():
    way = READ
    for number in range(CODES_A_DAY):
        way = sent(way, T0 + timedelta(hours=number))

    with pytest.raises(TooManyCodes):
        sent(way, T0 + timedelta(hours=23))
    # A day after the first one there is room for one more.
    assert sent(way, T0 + timedelta(days=1)).code_hash == "right"
