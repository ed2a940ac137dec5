"""Only a token that the portal signed, for now and not for long, says who is asking."""

import base64
import json
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from common.caller import Caller, Grant
from common.contracts.vocabulary import Role
from common.tokens import NotSignedIn, Tokens, issue, new_signing_key, public_jwks
from tests.common.http.edge import SIGNING_KEY, real_now

TOKENS = Tokens(public_jwks(SIGNING_KEY))
KEY = OKPKey.import_key(json.loads(SIGNING_KEY))
PERSON = Caller(
    person_id=UUID(int=7),
    grants=frozenset({Grant(Role.MENTOR, UUID(int=1)), Grant(Role.COLLECTIVE)}),
    language="en",
)


def part(content):
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(**other):
    now = int(time.time())
    right = {"iss": "binome", "aud": "binome", "sub": str(UUID(int=7)), "iat": now, "exp": now + 60}
    return {name: value for name, value in (right | other).items() if value is not None}


def signed(header=None, key=KEY, alg="Ed25519", **other):
    header = {"alg": alg, "typ": "at+jwt", "kid": "tests"} | (header or {})
    header = {name: value for name, value in header.items() if value is not None}
    return jwt.encode(header, claims(**other), key, algorithms=[alg])


def unsigned():
    header = {"alg": "none", "typ": "at+jwt", "kid": "tests"}
    return f"{part(header)}.{part(claims())}."


def signed_with_the_public_key_as_a_secret():
    public = str(KEY.as_dict(private=False)["x"])
    return signed(key=OctKey.import_key(public), alg="HS256")


def tampered():
    head, _, tail = signed().split(".")
    return f"{head}.{part(claims(sub=str(UUID(int=8))))}.{tail}"


FORGED = {
    "no algorithm": unsigned,
    "a public key taken for a secret": signed_with_the_public_key_as_a_secret,
    "another person than was signed": tampered,
    "no signature": lambda: signed().rsplit(".", 1)[0] + ".",
    "another key of the same name": lambda: signed(
        key=OKPKey.import_key(json.loads(new_signing_key("tests")))
    ),
    "an unknown kid": lambda: signed({"kid": "other"}),
    "no kid": lambda: signed({"kid": None}),
    "another type": lambda: signed({"typ": "JWT"}),
    "another algorithm": lambda: signed(key=OctKey.generate_key(256), alg="HS256"),
    "an expired one": lambda: signed(iat=int(time.time()) - 120, exp=int(time.time()) - 1),
    "one from the future": lambda: signed(iat=int(time.time()) + 120, exp=int(time.time()) + 180),
    "one that lives too long": lambda: signed(exp=int(time.time()) + 16 * 60),
    "one that never ends": lambda: signed(exp=None),
    "one of unknown age": lambda: signed(iat=None),
    "a number as text": lambda: signed(exp=str(int(time.time()) + 60)),
    "another issuer": lambda: signed(iss="elsewhere"),
    "another audience": lambda: signed(aud="elsewhere"),
    "nobody": lambda: signed(sub=None),
    "no id": lambda: signed(sub="zoe"),
    "an unknown role": lambda: signed(roles=[{"role": "king"}]),
    "roles of another shape": lambda: signed(roles="admin"),
    "not json": lambda: f"{part(b'{')}.{part(b'{')}.{part(b'x')}",
    "a list": lambda: f"{part([])}.{part([])}.{part(b'x')}",
    "nothing": lambda: "..",
    "words": lambda: "hello",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_token_that_is_not_right_is_no_token(client, forge):
    with pytest.raises(NotSignedIn):
        TOKENS.verify(forge(), now=time.time())

    answer = await client.get("/me", headers={"authorization": f"Bearer {forge()}"})

    assert answer.status_code == 401
    assert answer.json() == {
        "type": "NotSignedIn",
        "title": NotSignedIn.fr,
        "status": 401,
    }


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer  ", "Basic {token}", "{token}", "Bearer {token} x", "Bearer {token},"],
)
async def test_a_header_of_another_form_is_no_token(client, given):
    headers = {"authorization": given.format(token=issue(SIGNING_KEY, PERSON, now=real_now()))}

    assert (await client.get("/me", headers=headers)).status_code == 401


async def test_two_tokens_are_none(client):
    bearer = ("authorization", f"Bearer {issue(SIGNING_KEY, PERSON, now=real_now())}")

    assert (await client.get("/me", headers=[bearer, bearer])).status_code == 401


def test_a_token_says_who_it_was_issued_for():
    token = issue(SIGNING_KEY, PERSON, now=real_now())

    assert TOKENS.verify(token, now=time.time()) == PERSON


def test_a_token_ends_when_its_time_is_over():
    token = issue(SIGNING_KEY, PERSON, now=real_now(), lifetime=timedelta(minutes=1))

    with pytest.raises(NotSignedIn):
        TOKENS.verify(token, now=time.time() + 61)


def test_a_token_that_was_seen_before_ends_like_any_other():
    token = issue(SIGNING_KEY, PERSON, now=real_now(), lifetime=timedelta(minutes=1))
    TOKENS.verify(token, now=time.time())

    with pytest.raises(NotSignedIn):
        TOKENS.verify(token, now=time.time() + 61)


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_false_token_stays_false_however_often_it_is_sent(forge):
    token = forge()

    for _ in range(2):
        with pytest.raises(NotSignedIn):
            TOKENS.verify(token, now=time.time())


async def test_moving_the_simulated_clock_signs_nobody_out(app, client, signed):
    app.state.clock.move(timedelta(days=90))

    answer = await client.get("/me", headers=signed())

    assert answer.status_code == 200


def test_an_old_key_and_a_new_one_are_both_known_while_keys_change():
    new = new_signing_key("new")
    tokens = Tokens(public_jwks(SIGNING_KEY, new))

    for key in (SIGNING_KEY, new):
        assert tokens.verify(issue(key, PERSON, now=real_now()), now=time.time()) == PERSON


def test_what_is_published_cannot_sign():
    assert '"d"' not in public_jwks(SIGNING_KEY)


def test_the_same_grants_are_written_in_the_same_order():
    now = real_now()
    grants = [Grant(Role.MENTOR, uuid4()) for _ in range(5)]

    tokens = {
        issue(SIGNING_KEY, Caller(person_id=UUID(int=1), grants=frozenset(order)), now=now)
        for order in (grants, grants[::-1])
    }

    assert len(tokens) == 1
