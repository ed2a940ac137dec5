"""What each measure counts, as rows: who or what, where, and how long it took.

Every query looks only at what had occurred by the end of the period, so that what happens later
changes no figure of the past. Each gives the same columns: subject, referral_id, association_id,
programme_id, remote, reason, days, ended.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Float,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from reporting.store.tables import moments, offers, pairs, referrals

ACCEPTED, DECLINED = "referral_accepted", "referral_declined"
SIGNED, MET = "agreement_signed", "first_meeting_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when to when, and until when what still runs is watched."""

    start: datetime
    end: datetime


Rows: TypeAlias = Callable[[Span], Select[Any]]


def columns_of(
    subject: ColumnElement[Any],
    referral_id: ColumnElement[Any],
    association_id: ColumnElement[Any],
    programme_id: ColumnElement[Any],
    **others: ColumnElement[Any],
) -> list[ColumnElement[Any]]:
    """Name the columns that every population has; what it knows nothing of is null."""
    return [
        cast(subject, Text).label("subject"),
        referral_id.label("referral_id"),
        association_id.label("association_id"),
        programme_id.label("programme_id"),
        others.get("remote", cast(null(), Boolean)).label("remote"),
        others.get("reason", cast(null(), Text)).label("reason"),
        others.get("days", cast(null(), Float)).label("days"),
        others.get("ended", cast(null(), Boolean)).label("ended"),
    ]


def days_between(start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[float]:
    return cast(func.extract("epoch", end - start) / 86_400, Float)


def firsts(key: str, kinds: tuple[str, ...], until: datetime, name: str) -> Subquery:
    """Find the first moment of some kinds in each journey or pair."""
    by = moments.c[key]
    return (
        select(by, moments.c.occurred_at, moments.c.association_id, programme_of_moment())
        .ext(distinct_on(by))
        .select_from(moments.outerjoin(offers, offers.c.id == moments.c.offer_id))
        .where(moments.c.kind.in_(kinds), moments.c.occurred_at < until, by.is_not(None))
        .order_by(by, moments.c.occurred_at, moments.c.version)
        .subquery(name)
    )


def programme_of_moment() -> ColumnElement[Any]:
    return func.coalesce(moments.c.programme_id, offers.c.programme_id).label("programme_id")


def within(at: ColumnElement[datetime], span: Span) -> ColumnElement[bool]:
    return and_(at >= span.start, at < span.end)


def referrals_received(span: Span) -> Select[Any]:
    submitted = firsts("referral_id", ("referral_submitted",), span.end, "submitted")
    asked = firsts("referral_id", ("referral_offered",), span.end, "asked")
    association = func.coalesce(submitted.c.association_id, asked.c.association_id)
    return (
        select(
            *columns_of(
                submitted.c.referral_id,
                submitted.c.referral_id,
                association,
                asked.c.programme_id,
            )
        )
        .select_from(submitted)
        .outerjoin(asked, asked.c.referral_id == submitted.c.referral_id)
        .where(within(submitted.c.occurred_at, span))
    )


def referrals_that_were(kind: str) -> Rows:
    """Count what associations were asked and answered: a referral may be there several times."""

    def rows(span: Span) -> Select[Any]:
        reason = moments.c.facts["reason"].as_string()
        subject = moments.c.about_id.cast(Text) + literal(":") + moments.c.version.cast(Text)
        return (
            select(
                *columns_of(
                    subject,
                    moments.c.referral_id,
                    moments.c.association_id,
                    programme_of_moment(),
                    reason=reason,
                )
            )
            .select_from(moments.outerjoin(offers, offers.c.id == moments.c.offer_id))
            .where(moments.c.kind == kind, within(moments.c.occurred_at, span))
        )

    return rows


def first_answers(span: Span) -> Select[Any]:
    answered = firsts("referral_id", (ACCEPTED, DECLINED), span.end, "answered")
    return (
        select(
            *columns_of(
                referrals.c.id,
                referrals.c.id,
                answered.c.association_id,
                answered.c.programme_id,
                days=days_between(referrals.c.submitted_at, answered.c.occurred_at),
            )
        )
        .select_from(referrals)
        .join(answered, answered.c.referral_id == referrals.c.id)
        .where(within(answered.c.occurred_at, span))
    )


def pair_columns(subject: ColumnElement[Any], **others: Any) -> list[ColumnElement[Any]]:
    return columns_of(
        subject,
        pairs.c.referral_id,
        pairs.c.association_id,
        pairs.c.programme_id,
        remote=pairs.c.remote,
        **others,
    )


def first_matches(kind: str) -> Rows:
    """Find the first pair of each referral that came so far, and how long that took."""

    def rows(span: Span) -> Select[Any]:
        came = firsts("thread_id", (kind,), span.end, "came")
        days = days_between(referrals.c.submitted_at, came.c.occurred_at)
        of_referral = (
            select(*pair_columns(referrals.c.id, days=days), came.c.occurred_at)
            .ext(distinct_on(referrals.c.id))
            .select_from(pairs)
            .join(came, came.c.thread_id == pairs.c.id)
            .join(referrals, referrals.c.id == pairs.c.referral_id)
            .order_by(referrals.c.id, came.c.occurred_at, pairs.c.id)
            .subquery("of_referral")
        )
        return select(of_referral).where(within(of_referral.c.occurred_at, span))

    return rows


def pairs_started(kind: str) -> Rows:
    def rows(span: Span) -> Select[Any]:
        came = firsts("thread_id", (kind,), span.end, "came")
        return (
            select(*pair_columns(pairs.c.id))
            .select_from(pairs)
            .join(came, came.c.thread_id == pairs.c.id)
            .where(within(came.c.occurred_at, span))
        )

    return rows


def ends_of_pairs(until: datetime, name: str) -> Subquery:
    """Say of each pair that was ever closed whether it is over by then, and since when."""
    closed, reopened = (
        func.count().filter(moments.c.kind == kind) for kind in ("pair_closed", "pair_reopened")
    )
    last_closed = func.max(moments.c.occurred_at).filter(moments.c.kind == "pair_closed")
    return (
        # Closing and reopening take turns, so their numbers tell the state in any order.
        select(moments.c.thread_id, (closed > reopened).label("over"), last_closed.label("at"))
        .where(moments.c.kind.in_(("pair_closed", "pair_reopened")), moments.c.occurred_at < until)
        .group_by(moments.c.thread_id)
        .subquery(name)
    )


def pairs_active(span: Span) -> Select[Any]:
    signed = firsts("thread_id", (SIGNED,), span.end, "signed")
    ends = ends_of_pairs(span.end, "ends")
    return (
        select(*pair_columns(pairs.c.id))
        .select_from(pairs)
        .join(signed, signed.c.thread_id == pairs.c.id)
        .outerjoin(ends, ends.c.thread_id == pairs.c.id)
        .where(func.coalesce(ends.c.over, false()).is_(false()))
    )


def young_people(span: Span) -> Select[Any]:
    """Find the mentees of pairs that were active at some moment of the period."""
    signed = firsts("thread_id", (SIGNED,), span.end, "signed")
    before = ends_of_pairs(span.start, "before")
    reopened = select(moments.c.thread_id).where(
        moments.c.kind == "pair_reopened", within(moments.c.occurred_at, span)
    )
    return (
        select(*pair_columns(pairs.c.mentee_id))
        .select_from(pairs)
        .join(signed, signed.c.thread_id == pairs.c.id)
        .outerjoin(before, before.c.thread_id == pairs.c.id)
        .where(
            or_(
                signed.c.occurred_at >= span.start,
                func.coalesce(before.c.over, false()).is_(false()),
                pairs.c.id.in_(reopened),
            )
        )
    )


def pairs_lasting(kind: str) -> Rows:
    """Watch the pairs that started in the period until its end."""

    def rows(span: Span) -> Select[Any]:
        started = firsts("thread_id", (kind,), span.end, "started")
        ends = ends_of_pairs(span.end, "ends")
        over = func.coalesce(ends.c.over, false())
        until = case((over, ends.c.at), else_=literal(span.end))
        days = days_between(started.c.occurred_at, until)
        return (
            select(*pair_columns(pairs.c.id, days=days, ended=over))
            .select_from(pairs)
            .join(started, started.c.thread_id == pairs.c.id)
            .outerjoin(ends, ends.c.thread_id == pairs.c.id)
            .where(within(started.c.occurred_at, span))
        )

    return rows


# By indicator, version and measure: what is behind the words of the catalogue.
POPULATIONS: dict[tuple[str, int, str], Rows] = {
    ("referrals", 1, "received"): referrals_received,
    ("referrals", 1, "routed"): referrals_that_were("referral_offered"),
    ("referrals", 1, "declined"): referrals_that_were(DECLINED),
    ("referrals", 1, "expired"): referrals_that_were("referral_offer_expired"),
    ("time_to_answer", 1, "time_to_answer"): first_answers,
    ("time_to_match", 1, "time_to_match"): first_matches("pair_formed"),
    ("time_to_match", 2, "time_to_match"): first_matches(MET),
    ("pairs_started", 1, "started"): pairs_started(SIGNED),
    ("pairs_started", 2, "started"): pairs_started(MET),
    ("pairs_active", 1, "active"): pairs_active,
    ("pairs_active", 1, "young_people"): young_people,
    ("age_bands", 1, "young_people"): young_people,
    ("gender_and_level", 1, "young_people"): young_people,
    ("territory", 1, "young_people"): young_people,
    ("priority_publics", 1, "young_people"): young_people,
    ("axis_and_modality", 1, "young_people"): young_people,
    ("duration", 1, "lasting"): pairs_lasting(SIGNED),
    ("duration", 2, "lasting"): pairs_lasting(MET),
}
