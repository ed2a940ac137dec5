"""What the portal keeps of what it hears, and whom it owes a mail for it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from common.contracts.erasure import PortalForgot
from common.contracts.followup.agreements import AgreementPrepared, SignatureCodeIssued
from common.contracts.followup.alerts import AlertKind, AlertLevel, AlertRaised
from common.contracts.intake.consents import AuthorisationAsked, AuthorisationKind
from common.contracts.intake.people import (
    GuardianNamed,
    PersonErased,
    PersonRegistered,
    RoleGranted,
    RoleRevoked,
)
from common.contracts.intake.referrals import ReferralOffered, ReferralWaitlisted
from common.contracts.matching import NobodyFound, ProposalMade
from common.contracts.policy import Signatory
from common.contracts.vocabulary import (
    Role,
    Sealed,
    Setting,
)
from portal.domain.letters import Kind
from portal.store.accounts import grants_of
from portal.store.tables import accounts, grants, mails, sessions
from tests.portal.cast import (
    ASSOCIATION,
    EMAIL,
    GUARDIAN,
    MENTEE,
    MENTOR,
    NOW,
    PAIR,
    PAIR_FORMED,
    PLANNED,
    SCHOOL,
    STORY,
    SUBMITTED,
)


@pytest.fixture
def owed(tx):
    """Tell which mails are owed, and to whom."""

    async def owed() -> list[tuple[Kind, UUID | None]]:
        rows = await tx.execute(select(mails.c.kind, mails.c.person_id).order_by(mails.c.id))
        return [tuple(row) for row in rows]

    return owed


def person(version: int, language: str = "fr") -> PersonRegistered:
    about = {"association_id": None, "version": version, "person_id": MENTEE}
    return STORY.tell(PersonRegistered, **about, language=language, sealed={})


def grant(kind: type[Any], version: int) -> Any:
    about = {"grant_id": UUID(int=20), "person_id": MENTEE, "role": Role.MENTEE}
    return STORY.tell(kind, version=version, **about)


async def test_the_newest_of_a_person_stays_whatever_the_order(hear, tx):
    for event in (person(2, "en"), person(1, "fr"), person(2, "en")):
        await hear(event)

    assert (await tx.execute(select(accounts.c.language, accounts.c.version))).all() == [("en", 2)]


async def test_a_role_that_was_taken_away_stays_away(hear, tx):
    await hear(grant(RoleRevoked, 2))
    await hear(grant(RoleGranted, 1))

    assert await grants_of(tx, MENTEE) == frozenset()


async def test_a_role_that_is_held_is_known_with_its_association(hear, tx):
    await hear(grant(RoleGranted, 1))

    [held] = await grants_of(tx, MENTEE)
    assert (held.role, held.association_id) == (Role.MENTEE, ASSOCIATION)


async def test_a_proposal_is_mailed_to_the_mentor_once(hear, owed):
    made = STORY.tell(
        ProposalMade,
        proposal_id=PAIR,
        programme_id=uuid4(),
        fit=0.5,
        contributions=(),
        remote=False,
        expires_at=NOW,
    )
    message_id = uuid4()

    await hear(made, message_id)
    await hear(made, message_id)

    assert await owed() == [(Kind.PROPOSAL, MENTOR)]


async def test_a_guardian_is_asked(hear, owed):
    asked = STORY.tell(
        AuthorisationAsked,
        authorisation_id=uuid4(),
        kind=AuthorisationKind.PARTICIPATION,
    )

    await hear(asked)

    assert await owed() == [(Kind.AUTHORISATION, GUARDIAN)]


async def test_a_pair_is_told_to_mentor_family_and_prescriber(hear, owed):
    await hear(STORY.tell(GuardianNamed, guardianship_id=uuid4()))
    await hear(SUBMITTED)

    await hear(PAIR_FORMED)

    assert sorted(await owed()) == [
        (Kind.FAMILY_NEWS, MENTEE),
        (Kind.FAMILY_NEWS, GUARDIAN),
        (Kind.PAIR_FORMED, MENTOR),
        (Kind.PRESCRIBER_NEWS, SCHOOL),
    ]


async def test_an_adult_s_parent_is_not_told_of_the_first_meeting(hear, owed):
    await hear(SUBMITTED)
    await hear(PAIR_FORMED.model_copy(update={"setting": Setting.ADULT}))
    await hear(PLANNED)

    assert [who for kind, who in await owed() if kind is Kind.FIRST_MEETING] == [MENTOR, MENTEE]


async def test_a_first_meeting_of_an_unknown_pair_is_heard_again_later(hear, owed):
    early = await hear(PLANNED)
    await hear(SUBMITTED)
    await hear(PAIR_FORMED)
    await hear(PLANNED)

    assert early.delays
    meeting = [person for kind, person in await owed() if kind is Kind.FIRST_MEETING]
    assert meeting == [MENTOR, MENTEE, GUARDIAN]


async def test_an_agreement_goes_to_those_who_sign_by_name(hear, owed):
    prepared = STORY.tell(
        AgreementPrepared,
        agreement_id=uuid4(),
        template="clavim",
        policy_version=1,
        text_sha256="0" * 64,
        signatories={
            Signatory.MENTOR: MENTOR,
            Signatory.MENTEE: MENTEE,
            Signatory.ORGANISATION: None,
        },
        sign_by=NOW,
    )

    await hear(prepared)

    assert await owed() == [(Kind.AGREEMENT, MENTOR), (Kind.AGREEMENT, MENTEE)]


async def test_a_signature_code_stays_sealed_in_the_table(hear, keys, tx):
    sealed = Sealed(await keys.seal(MENTOR, "signature_code", "123456"))
    issued = STORY.tell(
        SignatureCodeIssued,
        agreement_id=uuid4(),
        person_id=MENTOR,
        sealed_code=sealed,
        expires_at=NOW,
    )

    await hear(issued)

    row = (await tx.execute(select(mails))).mappings().one()
    assert "123456" not in str(dict(row))
    assert row["sealed"] == {"code": sealed}


@pytest.mark.parametrize(
    ("level", "kind", "to"),
    [(AlertLevel.NUDGE, Kind.NUDGE, MENTOR), (AlertLevel.TASK, Kind.TASK, SCHOOL)],
)
async def test_a_nudge_goes_to_the_mentor_and_a_task_to_the_coordinators(
    hear, owed, level, kind, to
):
    await hear(STORY.tell(RoleGranted, grant_id=uuid4(), person_id=SCHOOL, role=Role.COORDINATOR))
    await hear(SUBMITTED)
    await hear(PAIR_FORMED)
    raised = STORY.tell(
        AlertRaised,
        alert_id=uuid4(),
        kind=AlertKind.MISSED_PERIOD,
        level=level,
        due_at=NOW,
    )

    await hear(raised)

    assert (await owed())[-1] == (kind, to)


async def test_every_coordinator_of_the_association_hears_of_a_referral(hear, owed):
    for each in (SCHOOL, MENTOR):
        await hear(STORY.tell(RoleGranted, grant_id=uuid4(), person_id=each, role=Role.COORDINATOR))
    offered = STORY.tell(
        ReferralOffered,
        offer_id=uuid4(),
        programme_id=uuid4(),
        rank=1,
        answer_due_at=NOW,
        expires_at=NOW,
    )

    await hear(offered)

    assert sorted(await owed()) == sorted(
        [(Kind.REFERRAL_OFFERED, SCHOOL), (Kind.REFERRAL_OFFERED, MENTOR)]
    )


async def test_the_prescriber_hears_the_same_news_once(hear, owed):
    await hear(SUBMITTED)
    nobody = STORY.tell(NobodyFound, blocked={})

    await hear(nobody)
    await hear(nobody.model_copy(update={"version": 2}))

    assert await owed() == [(Kind.PRESCRIBER_NEWS, SCHOOL)]


async def test_the_waiting_list_is_told_to_family_and_prescriber(hear, owed):
    await hear(SUBMITTED)

    await hear(STORY.tell(ReferralWaitlisted))

    assert await owed() == [(Kind.FAMILY_NEWS, MENTEE), (Kind.PRESCRIBER_NEWS, SCHOOL)]


async def test_an_erased_person_is_forgotten_and_stays_so(
    hear, register, browser, enter, tx, announced
):
    person_id = await register(EMAIL, Role.MENTOR, ASSOCIATION)
    await enter(EMAIL)
    erased = PersonErased(occurred_at=NOW, association_id=None, version=2, person_id=person_id)

    await hear(erased)
    await hear(erased.model_copy(update={"version": 3}))
    about = {"occurred_at": NOW, "association_id": None, "version": 9}
    await hear(PersonRegistered(**about, person_id=person_id, language="fr", sealed={}))

    for table in (accounts, grants, sessions):
        assert await tx.scalar(select(func.count()).select_from(table)) == 0
    said = [each for each in await announced() if isinstance(each, PortalForgot)]
    assert [each.person_id for each in said] == [person_id]
    assert "Me connecter" in (await browser.get("/")).text


async def test_a_person_who_shares_the_address_of_an_erased_one_stays(
    hear, register, enter, browser
):
    child = await register(EMAIL, Role.MENTEE, name="Léo")
    await register(EMAIL, Role.GUARDIAN, name="Sophie")
    await hear(PersonErased(occurred_at=NOW, association_id=None, version=2, person_id=child))

    await enter(EMAIL)

    assert "Me déconnecter" in (await browser.get("/")).text
