"""Every no and every fault as RFC 9457 problem details, in words, echoing nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import nats.errors
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from common.broker import BrokerUnavailable
from common.database import is_away
from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, TooOften, title
from common.sentences import Language, sentence
from common.tokens import NotSignedIn

STATUS: dict[type[DomainError], int] = {
    NotSignedIn: 401,
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    TooOften: 429,
}
RETRY_AFTER_SECONDS = 5


class FieldProblem(TypedDict):
    """One field that was refused, and why."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A no that the edge itself says, before or instead of the domain."""

    status: int
    kind: str
    fr: str
    en: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(HTTPException):
    """Raised at the edge; FastAPI lets an HTTPException through unchanged."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.status, headers=dict(refusal.headers))
        self.refusal = refusal


MALFORMED_JSON = Refusal(
    status=400,
    kind="malformed-json",
    fr="Le corps de la demande n'est pas du JSON correct.",
    en="The body of the request is not correct JSON.",
)
MALFORMED_ADDRESS = Refusal(
    status=400,
    kind="malformed-address",
    fr="L'adresse contient un caractère interdit.",
    en="The address holds a character that is not allowed.",
)
MALFORMED_HEADER = Refusal(
    status=400,
    kind="malformed-header",
    fr="Un en-tête contient un caractère interdit.",
    en="A header holds a character that is not allowed.",
)
BODY_TOO_LARGE = Refusal(
    status=413,
    kind="body-too-large",
    fr="Ce qui est envoyé est trop grand.",
    en="What was sent is too large.",
    headers={"connection": "close"},
)
HEADERS_TOO_LARGE = Refusal(
    status=431,
    kind="headers-too-large",
    fr="L'adresse ou les en-têtes sont trop longs.",
    en="The address or the headers are too long.",
)
OTHER_MEDIA_TYPE = Refusal(
    status=415,
    kind="unsupported-media-type",
    fr="Ce format de contenu n'est pas accepté ici.",
    en="This type of content is not accepted here.",
)
FAULT = Refusal(
    status=500,
    kind="fault",
    fr="Une erreur de notre côté : rien n'a été enregistré. L'équipe en est informée.",
    en="A fault on our side: nothing was stored. The team has been told.",
)
UNREACHABLE = Refusal(
    status=503,
    kind="unreachable",
    fr="Le service est momentanément indisponible : réessayez dans quelques secondes.",
    en="The service is unavailable for a moment: try again in a few seconds.",
    headers={"retry-after": str(RETRY_AFTER_SECONDS)},
)
WRONG_FIELDS = Refusal(
    status=422,
    kind="invalid",
    fr="Certains champs ne peuvent pas être acceptés.",
    en="Some fields cannot be accepted.",
)
PLAIN = {
    400: ("La demande ne peut pas être lue.", "The request cannot be read."),
    404: ("Cette adresse n'existe pas.", "There is nothing at this address."),
    405: ("Cette adresse ne permet pas cela.", "This address does not allow that."),
}
OTHER_STATUS = ("La demande est refusée.", "The request is refused.")


def language_of(scope: Scope) -> Language:
    """Choose the reader's language: what the browser asks for, then the token, then French."""
    asked = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    weights = [weigh(part) for part in asked.split(",") if part.strip()][:20]
    known = [(weight, name) for weight, name in weights if name in ("fr", "en") and weight > 0]
    if known:
        # On equal weights the first one named wins, as it was meant.
        return "en" if max(known, key=lambda pair: pair[0])[1] == "en" else "fr"
    caller = scope.get("state", {}).get("caller")
    return "en" if caller is not None and caller.language == "en" else "fr"


def weigh(part: str) -> tuple[float, str]:
    name, _, quality = part.strip().partition(";q=")
    try:
        weight = float(quality or 1)
    except ValueError:
        weight = 0.0
    return weight, name.strip().lower()[:2]


def answer(
    scope: Scope, refusal: Refusal, errors: Sequence[FieldProblem] = (), detail: str | None = None
) -> Response:
    """Write a refusal as application/problem+json."""
    language = language_of(scope)
    told = refusal.fr if language == "fr" else refusal.en
    problem: dict[str, Any] = {"type": refusal.kind, "title": told, "status": refusal.status}
    if detail:
        problem["detail"] = detail
    if errors:
        problem["errors"] = list(errors)
    headers = {**refusal.headers, "content-language": language, "vary": "Accept-Language"}
    body = json.dumps(problem, ensure_ascii=False).encode()
    return Response(body, refusal.status, headers, "application/problem+json")


def refusal_of(error: DomainError) -> Refusal:
    """Translate the kind of a no into a status; the domain knows none."""
    kind = type(error)
    status = next((code for known, code in STATUS.items() if isinstance(error, known)), 400)
    headers = {}
    if isinstance(error, NotSignedIn):
        headers["www-authenticate"] = 'Bearer realm="binome"'
    if isinstance(error, TooOften):
        headers["retry-after"] = str(error.retry_after_seconds)
    return Refusal(
        status=status,
        kind=kind.__name__,
        fr=title(kind, "fr"),
        en=title(kind, "en"),
        headers=headers,
    )


async def answer_no(request: Request, error: Exception) -> Response:
    """Answer a no of the domain."""
    if not isinstance(error, DomainError):
        raise error
    fields: list[FieldProblem] = []
    language = language_of(request.scope)
    if isinstance(error, Invalid):
        fields.append({"field": error.field, "message": error.sentences[language]})
    return answer(request.scope, refusal_of(error), fields, error.details.get(language))


async def answer_wrong_fields(request: Request, error: Exception) -> Response:
    """Answer what pydantic refused: each field with its sentence, and none of its input."""
    if not isinstance(error, RequestValidationError):
        raise error
    language = language_of(request.scope)
    fields = [field_problem(each, language) for each in error.errors()]
    return answer(request.scope, WRONG_FIELDS, fields[:100])


def field_problem(error: Mapping[str, Any], language: Language) -> FieldProblem:
    # The first part says where it was (body, query, path): a person looks for the field alone.
    # The name of a field that nobody expects is itself input, and so are the keys of a free map.
    place = error["loc"][1:] if len(error["loc"]) > 1 else error["loc"]
    if error["type"] == "extra_forbidden":
        place = (*place[:-1], "…") if len(place) > 1 else ("…",)
    limits = {name: safe(value) for name, value in error.get("ctx", {}).items()}
    name = ".".join(str(part) for part in place)
    return {"field": name, "message": sentence(error["type"], limits, language)}


def safe(limit: object) -> str:
    return str(limit) if isinstance(limit, int | float | str) else "…"


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the framework refused: no such address, no such method, too large."""
    if isinstance(error, Refused):
        return answer(request.scope, error.refusal)
    if not isinstance(error, HTTPException):
        raise error
    return answer(request.scope, plain_refusal(error))


def plain_refusal(error: HTTPException) -> Refusal:
    if error.status_code == BODY_TOO_LARGE.status:
        return BODY_TOO_LARGE
    french, english = PLAIN.get(error.status_code, OTHER_STATUS)
    return Refusal(
        status=error.status_code,
        kind="about:blank",
        fr=french,
        en=english,
        headers=dict(error.headers or {}),
    )


# States of PostgreSQL that another try may end: a lost race, a lock or a query that took too long.
LOST_RACES = ("40001", "40P01", "55P03", "57014")
UNREACHED = (TimeoutError, BrokerUnavailable, nats.errors.Error)


def temporary(error: Exception) -> bool:
    """Say whether asking again may help: something that we need does not answer just now."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return is_away(error) or isinstance(error, UNREACHED) or state in LOST_RACES


def answer_fault(scope: Scope, error: Exception) -> Response:
    """Answer what nobody caught: 503 if asking again may help, otherwise 500; never why."""
    return answer(scope, UNREACHABLE if temporary(error) else FAULT)


def render_problems(app: FastAPI) -> None:
    app.add_exception_handler(DomainError, answer_no)
    app.add_exception_handler(RequestValidationError, answer_wrong_fields)
    app.add_exception_handler(HTTPException, answer_http_exception)
