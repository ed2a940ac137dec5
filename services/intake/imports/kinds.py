"""Referrals and mentors: from the answers of a row to the same form and rules as over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.calendar import day_of
from common.contracts.vocabulary import Axis, Door
from intake.domain.people import Identity, Part
from intake.domain.programmes import Programme
from intake.domain.requests import MentorRequest, ReferralRequest
from intake.forms import MentorForm, ReferralForm
from intake.handlers import mentors, referrals
from intake.handlers.people import Newcomer
from intake.imports.cells import CellProblem, Value
from intake.imports.fields import GUARDIAN, Kind
from intake.spelling import plain
from intake.vocabularies import vocabulary

Answers: TypeAlias = dict[str, Any]
Request = TypeVar("Request")
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who brings a file, for whom, and what its rows need not say."""

    kind: Kind
    association_id: UUID | None
    brought_by: UUID
    prescriber: bool = False
    # Of the association, for mentors.
    programmes: Mapping[UUID, Programme] = field(default_factory=dict)
    # What a row means that names none.
    usual_programmes: tuple[UUID, ...] = ()

    @property
    def owner_id(self) -> UUID:
        """Tell whose memory of headings and of rows this is."""
        return self.association_id or self.brought_by

    def programmes_named(self, text: str) -> list[str]:
        """Find programmes by their names; a name may itself hold a comma."""
        by_name = {plain(each.name): each.id for each in self.programmes.values()}
        whole = by_name.get(plain(text))
        if whole is not None:
            return [str(whole)]
        parts = [plain(each) for each in text.replace(";", "|").replace("/", "|").split("|")]
        if any(each not in by_name for each in parts):
            raise CellProblem("unknown_programme")
        return [str(by_name[each]) for each in parts]


class Rows(Protocol[Request]):
    """What the rows of one kind become."""

    def form(self, given: Mapping[str, Value]) -> Answers:
        """Put the answers of a row into the shape of the form."""
        ...

    def request(self, answers: Answers, *, now: datetime) -> Request:
        """Understand the form exactly as if it came over HTTP; raise what is refused there."""
        ...

    def newcomer(self, request: Request) -> Newcomer:
        """Name the person whom the row is about, to look for older entries."""
        ...

    async def enter(
        self, tx: AsyncConnection, requests: Sequence[Request], *, now: datetime
    ) -> list[UUID]:
        """Take the requests in; give their ids in the same order."""
        ...


@dataclass(frozen=True, slots=True)
class ReferralRows:
    """Rows that ask for a mentor."""

    origin: Origin

    def form(self, given: Mapping[str, Value]) -> Answers:
        answers: Answers = {
            name: value for name, value in given.items() if not name.startswith(GUARDIAN)
        }
        guardian = {
            name.removeprefix(GUARDIAN): value
            for name, value in given.items()
            if name.startswith(GUARDIAN)
        }
        if guardian:
            answers["guardian"] = guardian
        age = answers.pop("age", None)
        if age is not None and not {"birth_date", "age_band"} & answers.keys():
            answers["age_band"] = age
        if "birth_date" in answers:
            answers.pop("age_band", None)
        if "axis" not in answers and "level" in answers:
            answers["axis"] = axis_of(answers["level"])
        return answers

    def request(self, answers: Answers, *, now: datetime) -> ReferralRequest:
        return ReferralForm.model_validate(answers).request(
            on=day_of(now),
            door=Door.SPREADSHEET,
            prescriber_id=self.origin.brought_by if self.origin.prescriber else None,
            origin_id=self.origin.association_id,
        )

    def newcomer(self, request: ReferralRequest) -> Newcomer:
        return somebody(Part.MENTEE, request.mentee, request.language)

    async def enter(
        self, tx: AsyncConnection, requests: Sequence[ReferralRequest], *, now: datetime
    ) -> list[UUID]:
        return [each.id for each in await referrals.submit_referrals(tx, requests, now=now)]


@dataclass(frozen=True, slots=True)
class MentorRows:
    """Rows that offer to be a mentor."""

    origin: Origin

    def form(self, given: Mapping[str, Value]) -> Answers:
        answers: Answers = {name: value for name, value in given.items() if name != "programmes"}
        named = given.get("programmes") or [str(each) for each in self.origin.usual_programmes]
        if not named:
            raise CellProblem("which_programme")
        return answers | {
            "association_id": str(self.origin.association_id),
            "programme_ids": named,
        }

    def request(self, answers: Answers, *, now: datetime) -> MentorRequest:
        request = MentorForm.model_validate(answers).request(on=day_of(now))
        known = {self.origin.association_id or NOBODY}
        policies = mentors.policies_for(request, dict(self.origin.programmes), known)
        # What the programmes refuse is told now, and not when everything is entered.
        mentors.apply_one(request, policies, now=now)
        return request

    def newcomer(self, request: MentorRequest) -> Newcomer:
        return somebody(Part.MENTOR, request.mentor, request.language)

    async def enter(
        self, tx: AsyncConnection, requests: Sequence[MentorRequest], *, now: datetime
    ) -> list[UUID]:
        return [each.id for each in await mentors.apply_as_mentors(tx, requests, now=now)]


def rows_of(origin: Origin) -> Rows[Any]:
    return ReferralRows(origin) if origin.kind is Kind.REFERRALS else MentorRows(origin)


def somebody(part: Part, identity: Identity, language: str) -> Newcomer:
    return Newcomer(id=NOBODY, part=part, identity=identity, language=language, texts={})


def axis_of(level: str) -> str:
    """Tell what a file means that does not say it: who is at school wants to do well there."""
    groups = {word.code: word.group for word in vocabulary("levels").words}
    working = groups.get(level) in {"employment", "integration"}
    return (Axis.EMPLOYMENT if working else Axis.EDUCATION).value
