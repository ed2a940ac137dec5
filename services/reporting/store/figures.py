"""From the rows of a population to cells: filtered, told apart, and counted in SQL."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    FromClause,
    RowMapping,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from reporting.domain.definitions import Kind, Split
from reporting.domain.figures import Cell, lasting, rounded
from reporting.domain.linked import Beside
from reporting.domain.survival import Lasted
from reporting.store.populations import Rows, Span
from reporting.store.tables import associations, moments, programmes, referral_facets, referrals

UNKNOWN = "unknown"
OVERSEAS = ("97", "98")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is counted, over which days, for whom, and told apart by what."""

    rows: Rows
    kind: Kind
    span: Span
    split: Split | None
    # None: all of them.
    association_ids: Collection[UUID] | None


@dataclass(frozen=True, slots=True)
class Sources:
    """What a row can be told apart by: itself, its referral, and what was known of the mentee."""

    rows: FromClause
    facets: FromClause
    referral: FromClause


def yes_no(column: ColumnElement[bool], yes: str, no: str) -> ColumnElement[str]:
    return case((column.is_(None), UNKNOWN), (column, yes), else_=no)


Telling: TypeAlias = Callable[[Sources], ColumnElement[Any]]

TOLD_APART: dict[Split, Telling] = {
    Split.ASSOCIATION: lambda of: cast(of.rows.c.association_id, Text),
    Split.PROGRAMME: lambda of: cast(of.rows.c.programme_id, Text),
    Split.DOOR: lambda of: of.referral.c.door,
    Split.REASON: lambda of: of.rows.c.reason,
    Split.DEPARTMENT: lambda of: of.facets.c.department,
    Split.RURAL: lambda of: yes_no(of.facets.c.rural, "rural", "not_rural"),
    Split.PRIORITY_DISTRICT: lambda of: yes_no(of.facets.c.priority_district, "yes", "no"),
    Split.OVERSEAS: lambda of: yes_no(
        func.left(of.facets.c.department, 2).in_(OVERSEAS), "overseas", "mainland"
    ),
    Split.AGE_BAND: lambda of: of.facets.c.age_band,
    Split.GENDER: lambda of: of.facets.c.gender,
    Split.LEVEL: lambda of: of.facets.c.level,
    Split.SETTING: lambda of: of.facets.c.setting,
    Split.AXIS: lambda of: of.facets.c.axis,
    Split.MODALITY: lambda of: yes_no(of.rows.c.remote, "remote", "in_person"),
    # One row for each public that somebody named; who named none is in the total alone.
    Split.PUBLIC: lambda of: func.unnest(of.facets.c.publics),
}


async def cells(tx: AsyncConnection, asked: Question) -> tuple[list[Cell], Cell]:
    """Count each group of a split, in the order of their names, and all together."""
    computed = COMPUTED[asked.kind]
    groups = await computed(tx, told(asked, asked.split)) if asked.split else []
    [total] = await computed(tx, told(asked, None)) or [empty(asked.kind)]
    return groups, total


async def beside(tx: AsyncConnection, asked: Question, other: Split) -> list[Beside]:
    """Count each group of another split, and name the groups asked for that its people are in."""
    rows = told(asked, asked.split, other).subquery()
    query = select(
        rows.c.beside,
        func.count(rows.c.subject.distinct()).label("n"),
        func.array_agg(rows.c.group.distinct()).label("among"),
    ).group_by(rows.c.beside)
    return [Beside(row.beside, row.n, row.among) for row in await tx.execute(query)]


def group_of(split: Split | None, of: Sources) -> ColumnElement[Any]:
    """Name the group of a row; whoever names no public is in no group, and all are in the total."""
    if split is None:
        return literal(None, Text)
    group = TOLD_APART[split](of)
    return group if split is Split.PUBLIC else func.coalesce(group, UNKNOWN)


def told(asked: Question, split: Split | None, other: Split | None = None) -> Select[Any]:
    """Write each row beside the group that it belongs to, and its group in another split."""
    rows = asked.rows(asked.span).subquery("rows")
    facets = (
        select(referral_facets)
        .where(
            referral_facets.c.referral_id == rows.c.referral_id,
            referral_facets.c.known_at < asked.span.end,
        )
        .order_by(referral_facets.c.version.desc())
        .limit(1)
        .lateral("facets")
    )
    of = Sources(rows, facets, referrals)
    told_apart = group_of(split, of).label("group"), group_of(other, of).label("beside")
    query = (
        select(*told_apart, rows.c.subject, rows.c.days, rows.c.ended)
        .select_from(rows)
        .outerjoin(facets, true())
        .outerjoin(referrals, referrals.c.id == rows.c.referral_id)
    )
    if asked.association_ids is not None:
        query = query.where(rows.c.association_id.in_(asked.association_ids))
    return query


async def counted(tx: AsyncConnection, told_apart: Select[Any]) -> list[Cell]:
    rows = told_apart.subquery()
    query = select(rows.c.group, func.count(rows.c.subject.distinct()).label("n"))
    return [Cell(group=row["group"], n=row["n"]) for row in await grouped(tx, query, rows.c.group)]


async def spread(tx: AsyncConnection, told_apart: Select[Any]) -> list[Cell]:
    rows = told_apart.subquery()
    query = select(
        rows.c.group,
        func.count().label("n"),
        percentile(0.5, rows.c.days).label("median"),
        percentile(0.9, rows.c.days).label("p90"),
    )
    return [
        Cell(
            group=row["group"],
            n=row["n"],
            values={name: rounded(row[name]) for name in ("median", "p90")},
        )
        for row in await grouped(tx, query, rows.c.group)
    ]


def percentile(part: float, column: ColumnElement[Any]) -> ColumnElement[float]:
    return cast(func.percentile_cont(part).within_group(column), Float)


async def grouped(
    tx: AsyncConnection, query: Select[Any], group: ColumnElement[Any]
) -> list[RowMapping]:
    return list((await tx.execute(query.group_by(group).order_by(group))).mappings())


async def survived(tx: AsyncConnection, told_apart: Select[Any]) -> list[Cell]:
    watched: defaultdict[str | None, list[Lasted]] = defaultdict(list)
    for row in (await tx.execute(told_apart)).mappings():
        watched[row["group"]].append(Lasted(row["days"], row["ended"]))
    return [lasting(group, watched[group]) for group in sorted(watched, key=str)]


COMPUTED: dict[Kind, Callable[[AsyncConnection, Select[Any]], Awaitable[list[Cell]]]] = {
    Kind.COUNT: counted,
    Kind.SPREAD: spread,
    Kind.SURVIVAL: survived,
}


def empty(kind: Kind) -> Cell:
    names = {Kind.SPREAD: ("median", "p90"), Kind.SURVIVAL: tuple(lasting(None, []).values)}
    return Cell(group=None, n=0, values=dict.fromkeys(names.get(kind, ())))


async def coverage(
    tx: AsyncConnection, span: Span, association_ids: Collection[UUID] | None
) -> RowMapping:
    """Say what the figures rest on: how many events of the period, of whom, and until when."""
    query = select(
        func.count().label("events"),
        func.count(moments.c.association_id.distinct()).label("associations"),
        func.max(moments.c.occurred_at).label("heard_until"),
    ).where(moments.c.occurred_at >= span.start, moments.c.occurred_at < span.end)
    if association_ids is not None:
        query = query.where(moments.c.association_id.in_(association_ids))
    row: RowMapping = (await tx.execute(query)).mappings().one()
    return row


async def names(tx: AsyncConnection, split: Split | None) -> dict[str, str]:
    """Find the names of associations or programmes, if the figures are told apart by them."""
    table = {Split.ASSOCIATION: associations, Split.PROGRAMME: programmes}.get(split or Split.DOOR)
    if table is None:
        return {}
    rows = await tx.execute(select(table.c.id, table.c.name))
    return {str(row.id): row.name for row in rows}
