"""Every mail can be put into words, in both languages, from the facts that it carries."""

from string import Formatter

import pytest

from portal.domain.letters import Kind
from portal.words import LANGUAGES, catalogue

# What `portal.handlers.letters` writes down for each kind of mail.
FACTS = {
    Kind.SIGN_IN: {"attempt_id"},
    Kind.PROPOSAL: {"proposal_id", "by"},
    Kind.PROPOSAL_REMINDER: {"proposal_id", "by"},
    Kind.PAIR_FORMED: {"pair_id"},
    Kind.AUTHORISATION: {"authorisation_id", "what"},
    Kind.FIRST_MEETING: {"pair_id", "at", "modality"},
    Kind.AGREEMENT: {"agreement_id", "by"},
    Kind.SIGNATURE_CODE: {"agreement_id", "by"},
    Kind.NUDGE: {"pair_id", "alert"},
    Kind.TASK: {"pair_id", "alert"},
    Kind.REFERRAL_OFFERED: {"referral_id", "by"},
    Kind.REFERRAL_REMINDER: {"referral_id"},
    Kind.PRESCRIBER_NEWS: {"referral_id", "news"},
    Kind.FAMILY_NEWS: {"news"},
    Kind.NEED_ASKED: {"referral_id", "by"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_a_mail_asks_for_no_fact_that_it_does_not_carry(kind, language):
    words = catalogue(language)
    told = words[f"mail.{kind}.subject"] + words[f"mail.{kind}.text"]
    asked = {name for _, name, _, _ in Formatter().parse(told) if name}

    assert asked <= FACTS[kind]
