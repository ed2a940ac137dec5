"""Owe people the mails that they are waiting for; never anybody's name, only ids and states."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.agreements import (
    AgreementPrepared,
    AgreementSigned,
    SignatureCodeIssued,
)
from common.contracts.followup.alerts import AlertLevel, AlertRaised
from common.contracts.followup.first_meeting import FirstMeetingPlanned
from common.contracts.intake.consents import AuthorisationAsked
from common.contracts.intake.referrals import ReferralNeedAsked, ReferralOffered, ReferralReminded
from common.contracts.matching import PairFormed, ProposalMade, ProposalReminded
from common.contracts.vocabulary import Sealed
from portal.domain.letters import Kind
from portal.store import heard
from portal.store.mails import owe, was_owed


async def invite_mentor(tx: AsyncConnection, made: ProposalMade) -> None:
    facts = {"proposal_id": str(made.proposal_id), "by": moment(made.expires_at)}
    await owe(tx, Kind.PROPOSAL, [made.mentor_id], facts=facts)


async def remind_mentor(tx: AsyncConnection, reminded: ProposalReminded) -> None:
    facts = {"proposal_id": str(reminded.proposal_id), "by": moment(reminded.expires_at)}
    await owe(tx, Kind.PROPOSAL_REMINDER, [reminded.mentor_id], facts=facts)


async def announce_pair(tx: AsyncConnection, formed: PairFormed) -> None:
    """Tell mentor, family and prescriber that a mentor said yes."""
    await owe(tx, Kind.PAIR_FORMED, [formed.mentor_id], facts={"pair_id": str(formed.pair_id)})
    await tell_family(tx, formed.mentee_id, "matched")
    await tell_prescriber(tx, formed.referral_id, "matched")


async def ask_guardian(tx: AsyncConnection, asked: AuthorisationAsked) -> None:
    facts = {"authorisation_id": str(asked.authorisation_id), "what": str(asked.kind)}
    await owe(tx, Kind.AUTHORISATION, [asked.guardian_id], facts=facts)


async def offer_referral(tx: AsyncConnection, offered: ReferralOffered) -> None:
    people = await heard.coordinators_of(tx, offered.association_id)
    facts = {"referral_id": str(offered.referral_id), "by": moment(offered.answer_due_at)}
    await owe(tx, Kind.REFERRAL_OFFERED, people, facts=facts)


async def remind_association(tx: AsyncConnection, reminded: ReferralReminded) -> None:
    people = await heard.coordinators_of(tx, reminded.association_id)
    await owe(tx, Kind.REFERRAL_REMINDER, people, facts={"referral_id": str(reminded.referral_id)})


async def ask_need(tx: AsyncConnection, asked: ReferralNeedAsked) -> None:
    people = [asked.mentee_id, asked.guardian_id, asked.prescriber_id]
    facts = {"referral_id": str(asked.referral_id), "by": moment(asked.answer_by)}
    await owe(tx, Kind.NEED_ASKED, [each for each in people if each], facts=facts)


async def tell_family(tx: AsyncConnection, mentee_id: UUID, news: str) -> None:
    people = await heard.family_of(tx, mentee_id)
    await owe(tx, Kind.FAMILY_NEWS, people, facts={"news": news})


async def tell_prescriber(tx: AsyncConnection, referral_id: UUID, news: str) -> None:
    """Say how far a referral is, and nothing of its story."""
    prescriber = await heard.prescriber_of(tx, referral_id)
    facts = {"referral_id": str(referral_id), "news": news}
    # A referral for which nobody is found may be searched for each night.
    if prescriber and not await was_owed(tx, Kind.PRESCRIBER_NEWS, prescriber, facts):
        await owe(tx, Kind.PRESCRIBER_NEWS, [prescriber], facts=facts)


async def announce_first_meeting(tx: AsyncConnection, planned: FirstMeetingPlanned) -> None:
    pair = await heard.pair_of(tx, planned.pair_id)
    people = [pair["mentor_id"], pair["mentee_id"], pair["guardian_id"]]
    facts = {
        "pair_id": str(planned.pair_id),
        "at": moment(planned.at),
        "modality": str(planned.modality),
    }
    await owe(tx, Kind.FIRST_MEETING, [each for each in people if each], facts=facts)


async def ask_signatures(tx: AsyncConnection, prepared: AgreementPrepared) -> None:
    people = [each for each in prepared.signatories.values() if each]
    facts = {"agreement_id": str(prepared.agreement_id), "by": moment(prepared.sign_by)}
    await owe(tx, Kind.AGREEMENT, people, facts=facts)


async def send_signature_code(tx: AsyncConnection, issued: SignatureCodeIssued) -> None:
    facts = {"agreement_id": str(issued.agreement_id), "by": moment(issued.expires_at)}
    sealed = {"code": Sealed(issued.sealed_code)}
    await owe(tx, Kind.SIGNATURE_CODE, [issued.person_id], facts=facts, sealed=sealed)


async def pass_on_alert(tx: AsyncConnection, raised: AlertRaised) -> None:
    """Nudge the mentor; give a task to the coordinators."""
    facts = {"pair_id": str(raised.pair_id), "alert": str(raised.kind)}
    if raised.level is AlertLevel.NUDGE:
        pair = await heard.pair_of(tx, raised.pair_id)
        await owe(tx, Kind.NUDGE, [pair["mentor_id"]], facts=facts)
    else:
        people = await heard.coordinators_of(tx, raised.association_id)
        await owe(tx, Kind.TASK, people, facts=facts)


async def announce_start(tx: AsyncConnection, signed: AgreementSigned) -> None:
    pair = await heard.pair_of(tx, signed.pair_id)
    await tell_family(tx, pair["mentee_id"], "in_progress")
    await tell_prescriber(tx, pair["referral_id"], "in_progress")


def moment(at: datetime) -> str:
    return at.isoformat()
