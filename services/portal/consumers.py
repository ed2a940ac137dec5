"""Events in: each subscription translates an event into one handler call.

What is only kept is a projection and can be heard again from the beginning; what makes a mail
is heard once, so that a rebuild writes to nobody.
"""

from common.contracts.followup.agreements import (
    AgreementPrepared,
    AgreementSigned,
    SignatureCodeIssued,
)
from common.contracts.followup.alerts import AlertRaised
from common.contracts.followup.first_meeting import FirstMeetingPlanned
from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.consents import AuthorisationAsked
from common.contracts.intake.people import (
    GuardianNamed,
    PersonErased,
    PersonRegistered,
    RoleGranted,
    RoleRevoked,
)
from common.contracts.intake.referrals import (
    ReferralAccepted,
    ReferralCompleted,
    ReferralEnded,
    ReferralNeedAsked,
    ReferralOffered,
    ReferralReminded,
    ReferralSubmitted,
    ReferralWaitlisted,
)
from common.contracts.matching import NobodyFound, PairFormed, ProposalMade, ProposalReminded
from common.events import EventRouter, Tx
from portal.handlers import heard, letters
from portal.store.tables import associations, guardians, programmes, referrals

router = EventRouter("portal", patience_seconds=0.05)


@router.projects(PersonRegistered)
async def on_person_registered(event: PersonRegistered, tx: Tx) -> None:
    await heard.keep_account(tx, event)


@router.projects(RoleGranted)
async def on_role_granted(event: RoleGranted, tx: Tx) -> None:
    await heard.keep_grant(tx, event)


@router.projects(RoleRevoked)
async def on_role_revoked(event: RoleRevoked, tx: Tx) -> None:
    await heard.keep_grant(tx, event)


@router.on(PersonErased)
async def on_person_erased(event: PersonErased, tx: Tx) -> None:
    await heard.forget_person(tx, event)


@router.projects(AssociationRegistered)
async def on_association_registered(event: AssociationRegistered, tx: Tx) -> None:
    await heard.keep(tx, associations, event, {"name": event.name})


@router.projects(ProgrammePublished)
async def on_programme_published(event: ProgrammePublished, tx: Tx) -> None:
    programme = {"name": event.name, "association_id": event.association_id}
    await heard.keep(tx, programmes, event, programme)


@router.projects(GuardianNamed)
async def on_guardian_named(event: GuardianNamed, tx: Tx) -> None:
    people = {"mentee_id": event.mentee_id, "guardian_id": event.guardian_id}
    await heard.keep(tx, guardians, event, people)


@router.projects(ReferralSubmitted)
async def on_referral_submitted(event: ReferralSubmitted, tx: Tx) -> None:
    people = {"mentee_id": event.mentee_id, "prescriber_id": event.prescriber_id}
    await heard.keep(tx, referrals, event, people)


@router.on(ReferralOffered)
async def on_referral_offered(event: ReferralOffered, tx: Tx) -> None:
    await letters.offer_referral(tx, event)


@router.on(ReferralReminded)
async def on_referral_reminded(event: ReferralReminded, tx: Tx) -> None:
    await letters.remind_association(tx, event)


@router.on(ReferralAccepted)
async def on_referral_accepted(event: ReferralAccepted, tx: Tx) -> None:
    await letters.tell_family(tx, event.mentee_id, "accepted")
    await letters.tell_prescriber(tx, event.referral_id, "accepted")


@router.on(ReferralWaitlisted)
async def on_referral_waitlisted(event: ReferralWaitlisted, tx: Tx) -> None:
    await letters.tell_family(tx, event.mentee_id, "waiting")
    await letters.tell_prescriber(tx, event.referral_id, "waiting")


@router.on(NobodyFound)
async def on_nobody_found(event: NobodyFound, tx: Tx) -> None:
    await letters.tell_prescriber(tx, event.referral_id, "searching")


@router.on(ReferralNeedAsked)
async def on_referral_need_asked(event: ReferralNeedAsked, tx: Tx) -> None:
    await letters.ask_need(tx, event)


@router.on(ReferralCompleted)
async def on_referral_completed(event: ReferralCompleted, tx: Tx) -> None:
    await letters.tell_prescriber(tx, event.referral_id, "completed")


@router.on(ReferralEnded)
async def on_referral_ended(event: ReferralEnded, tx: Tx) -> None:
    await letters.tell_prescriber(tx, event.referral_id, event.reason)


@router.on(AuthorisationAsked)
async def on_authorisation_asked(event: AuthorisationAsked, tx: Tx) -> None:
    await letters.ask_guardian(tx, event)


@router.on(ProposalMade)
async def on_proposal_made(event: ProposalMade, tx: Tx) -> None:
    await letters.invite_mentor(tx, event)


@router.on(ProposalReminded)
async def on_proposal_reminded(event: ProposalReminded, tx: Tx) -> None:
    await letters.remind_mentor(tx, event)


@router.on(PairFormed)
async def on_pair_formed(event: PairFormed, tx: Tx) -> None:
    await heard.keep_pair(tx, event)
    await letters.announce_pair(tx, event)


@router.on(FirstMeetingPlanned)
async def on_first_meeting_planned(event: FirstMeetingPlanned, tx: Tx) -> None:
    await letters.announce_first_meeting(tx, event)


@router.on(AgreementPrepared)
async def on_agreement_prepared(event: AgreementPrepared, tx: Tx) -> None:
    await letters.ask_signatures(tx, event)


@router.on(SignatureCodeIssued)
async def on_signature_code_issued(event: SignatureCodeIssued, tx: Tx) -> None:
    await letters.send_signature_code(tx, event)


@router.on(AgreementSigned)
async def on_agreement_signed(event: AgreementSigned, tx: Tx) -> None:
    await letters.announce_start(tx, event)


@router.on(AlertRaised)
async def on_alert_raised(event: AlertRaised, tx: Tx) -> None:
    await letters.pass_on_alert(tx, event)
