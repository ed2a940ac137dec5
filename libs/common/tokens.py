"""Who is asking: short-lived tokens, signed by the portal and read by every service.

`python -m common.tokens new` prints a new private key; `python -m common.tokens public` reads
private keys, one a line, and prints the TOKEN_KEYS of the services that may meet their tokens.
"""

import json
import re
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.caller import Caller, Grant
from common.contracts.vocabulary import Role
from common.errors import DomainError

# EdDSA on Curve25519 under the exact name that RFC 9864 gives it; nothing else is ever accepted.
ALGORITHM = "Ed25519"
TYPE = "at+jwt"
ISSUER = AUDIENCE = "binome"
LIFETIME = timedelta(minutes=10)
LONGEST_LIFETIME = timedelta(minutes=15)
SKEW_SECONDS = 30
MOST_REMEMBERED = 4096
BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE)


class NotSignedIn(DomainError):
    """Sign in first: there is no valid token with this request."""

    fr = "Connectez-vous d'abord : cette demande ne porte pas de jeton valable."


class RoleClaim(BaseModel):
    """One grant, as it travels in a token."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    association: UUID | None = None


class Claims(BaseModel):
    """What a token says; anything that is missing or odd makes it no token at all."""

    model_config = ConfigDict(frozen=True)

    iss: Literal["binome"]
    aud: Literal["binome"]
    sub: UUID
    iat: Annotated[int, Field(strict=True)]
    exp: Annotated[int, Field(strict=True)]
    roles: tuple[RoleClaim, ...] = ()
    lang: Literal["fr", "en"] | None = None

    def timely(self, now: float) -> bool:
        """Say whether the token is neither expired, nor from the future, nor made to last."""
        lives = self.exp - self.iat
        return (
            0 < lives <= LONGEST_LIFETIME.total_seconds()
            and self.iat <= now + SKEW_SECONDS
            and now < self.exp
        )

    def caller(self) -> Caller:
        grants = frozenset(Grant(each.role, each.association) for each in self.roles)
        return Caller(person_id=self.sub, grants=grants, language=self.lang)


class Tokens:
    """The public keys by which this service knows a true token."""

    def __init__(self, jwks: str) -> None:
        self._keys = KeySet.import_key_set(json.loads(jwks))
        # Somebody sends the same token for ten minutes: one true signature is checked once. What
        # is false is never remembered, and the time is asked each time.
        self._read = lru_cache(MOST_REMEMBERED)(self._check_signature)

    async def caller(self, request: Request) -> Caller:
        """Read the one bearer token of a request."""
        given = request.headers.getlist("authorization")
        bearer = BEARER.fullmatch(given[0]) if len(given) == 1 else None
        if bearer is None:
            raise NotSignedIn
        # The wall clock, never the simulated one: a token is a lock of the real world, and
        # moving the platform's time by months must not sign everybody out, or in.
        return self.verify(bearer[1], now=time.time())

    def verify(self, token: str, *, now: float) -> Caller:
        """Return who the token speaks of; raise NotSignedIn for any reason, and tell none."""
        claims, caller = self._read(token)
        if not claims.timely(now):
            raise NotSignedIn
        return caller

    def _check_signature(self, token: str) -> tuple[Claims, Caller]:
        try:
            read = jwt.decode(token, self._keys, algorithms=[ALGORITHM])
            claims = Claims.model_validate(read.claims)
        except (JoseError, ValidationError, ValueError, KeyError, TypeError) as error:
            raise NotSignedIn from error
        # Without a kid the library would try a key of its own choice.
        if not read.header.get("kid") or read.header.get("typ") != TYPE:
            raise NotSignedIn
        return claims, claims.caller()


def issue(
    signing_key: str,
    caller: Caller,
    *,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> str:
    """Sign a token for a person; `signing_key` is a private JWK, `now` the real time."""
    key = OKPKey.import_key(json.loads(signing_key))
    issued_at = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(caller.person_id),
        "iat": issued_at,
        "exp": issued_at + int(lifetime.total_seconds()),
        "roles": role_claims(caller.grants),
        "lang": caller.language,
    }
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


def role_claims(grants: Iterable[Grant]) -> list[dict[str, str | None]]:
    """Write grants in a fixed order, so that the same grants make the same token."""
    pairs = [(str(each.role), each.association_id) for each in grants]
    ordered = sorted(pairs, key=lambda pair: (pair[0], str(pair[1])))
    return [
        {"role": role, "association": None if place is None else str(place)}
        for role, place in ordered
    ]


def new_signing_key(kid: str) -> str:
    """Make a private Ed25519 key, as a JWK."""
    key = OKPKey.generate_key("Ed25519", parameters={"kid": kid})
    return json.dumps(key.as_dict(private=True))


def public_jwks(*signing_keys: str) -> str:
    """Publish what services need to check tokens, and nothing that could sign one."""
    keys = [OKPKey.import_key(json.loads(key)).as_dict(private=False) for key in signing_keys]
    return json.dumps({"keys": keys})


if __name__ == "__main__":
    if sys.argv[1:] == ["new"]:
        sys.stdout.write(new_signing_key(f"{datetime.now(UTC):%Y%m%dT%H%M%S}") + "\n")
    elif sys.argv[1:] == ["public"]:
        sys.stdout.write(public_jwks(*filter(str.strip, sys.stdin)) + "\n")
    else:
        raise SystemExit("usage: python -m common.tokens new | public")
