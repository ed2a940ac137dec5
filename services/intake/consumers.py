"""Events in: each subscription translates an event into one handler call."""

from common.contracts.erasure import (
    FollowupForgot,
    MatchingForgot,
    PortalForgot,
    ReportingForgot,
    TrainingForgot,
)
from common.contracts.followup.agreements import AgreementsForgotten, AgreementSigned
from common.contracts.followup.pairs import PairClosed, PairReopened
from common.contracts.matching import PairFormed
from common.events import EventRouter, Tx
from intake.handlers import erasures, pairs

router = EventRouter("intake")


@router.on(PairFormed)
async def on_pair_formed(event: PairFormed, tx: Tx) -> None:
    await pairs.note_formed(tx, event)


@router.on(AgreementSigned)
async def on_agreement_signed(event: AgreementSigned, tx: Tx) -> None:
    await pairs.note_signed(tx, event)


@router.on(PairClosed)
async def on_pair_closed(event: PairClosed, tx: Tx) -> None:
    await pairs.note_closed(tx, event)


@router.on(PairReopened)
async def on_pair_reopened(event: PairReopened, tx: Tx) -> None:
    await pairs.note_reopened(tx, event)


@router.on(AgreementsForgotten)
async def on_agreements_forgotten(event: AgreementsForgotten, tx: Tx) -> None:
    await pairs.note_forgotten(tx, event)


@router.on(MatchingForgot)
async def on_matching_forgot(event: MatchingForgot, tx: Tx) -> None:
    await erasures.note_forgotten(tx, event)


@router.on(FollowupForgot)
async def on_followup_forgot(event: FollowupForgot, tx: Tx) -> None:
    await erasures.note_forgotten(tx, event)


@router.on(TrainingForgot)
async def on_training_forgot(event: TrainingForgot, tx: Tx) -> None:
    await erasures.note_forgotten(tx, event)


@router.on(ReportingForgot)
async def on_reporting_forgot(event: ReportingForgot, tx: Tx) -> None:
    await erasures.note_forgotten(tx, event)


@router.on(PortalForgot)
async def on_portal_forgot(event: PortalForgot, tx: Tx) -> None:
    await erasures.note_forgotten(tx, event)
