"""Secrets are made once, kept for ourselves, and given to those who need them."""

import base64
import json
import stat
from dataclasses import asdict, replace

import pytest

from deploy.check.told import settings_of
from local.environment import OPENS_NAMES, Surroundings
from local.ports import SERVICES, Ports
from local.rotate import rotate
from local.secrets import Secrets

SECRETS = Secrets.made_new()
SURROUNDINGS = Surroundings(ports=Ports(), secrets=SECRETS, python_path="services:libs")


def test_secrets_are_the_same_at_the_second_start(tmp_path):
    first = Secrets.kept_in(tmp_path / "kept" / "secrets.json")

    assert Secrets.kept_in(tmp_path / "kept" / "secrets.json") == first


def test_nobody_else_can_read_them(tmp_path):
    Secrets.kept_in(tmp_path / "secrets.json")

    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_no_two_passwords_are_alike():
    passwords = [*SECRETS.postgres.values(), *SECRETS.nats.values()]

    assert len(set(passwords)) == len(passwords) == 14


@pytest.mark.parametrize("name", ["key_encryption_key", "email_index_key"])
def test_keys_are_32_bytes(name):
    assert len(base64.urlsafe_b64decode(getattr(SECRETS, name) + "=")) == 32


def test_the_published_half_of_a_key_signs_nothing():
    [key] = json.loads(SECRETS.token_keys)["keys"]

    assert "d" not in key
    assert key["kid"] == json.loads(SECRETS.token_signing_key)["kid"]


@pytest.mark.parametrize("service", ["matching", "reporting"])
def test_who_only_counts_and_matches_can_open_no_name(service):
    told = SURROUNDINGS.of_service(service)

    assert "KEY_ENCRYPTION_KEY" not in told
    assert SECRETS.key_encryption_key not in str(told)


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_portal_signs_tokens(service):
    signs = "TOKEN_SIGNING_KEY" in SURROUNDINGS.of_service(service)

    assert signs is (service == "portal")


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_is_told_the_password_of_another(service):
    told = str(SURROUNDINGS.of_service(service))
    others = [
        password
        for passwords in (SECRETS.postgres, SECRETS.nats)
        for name, password in passwords.items()
        if name != service
    ]

    assert [password for password in others if password in told] == []


def test_a_new_encryption_key_stands_before_the_old_one_until_that_is_retired():
    old = SECRETS.key_encryption_key

    both = SECRETS.rotated("encryption")
    new = both.rotated("retire").key_encryption_key

    assert both.key_encryption_key == f"{new},{old}"
    assert new != old


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("tokens", "token_signing_key"),
        ("seal", "seal_signing_key"),
        ("nats", "nats"),
        ("postgres", "postgres"),
    ],
)
def test_one_kind_of_secret_is_made_new_and_the_others_stay(what, name):
    before, after = asdict(SECRETS), asdict(SECRETS.rotated(what))

    assert {each for each in before if before[each] != after[each]} == {name}


def test_the_secrets_take_the_place_of_those_before_and_stay_unreadable_to_others(tmp_path):
    path = tmp_path / "secrets.json"
    Secrets.kept_in(path)

    rotate(["nats", str(path)])

    rotated = Secrets.kept_in(path)
    rotate(["tokens", str(path)])
    assert Secrets.kept_in(path).nats == rotated.nats
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_postgresql_must_be_told_is_printed(tmp_path, capsys):
    path = tmp_path / "secrets.json"
    Secrets.kept_in(path)

    rotate(["postgres", str(path)])

    word = Secrets.kept_in(path).postgres["matching"]
    printed = capsys.readouterr().out.splitlines()
    assert f"alter role matching password '{word}';" in printed
    assert len(printed) == len(SERVICES)


@pytest.mark.parametrize("service", sorted(OPENS_NAMES))
def test_every_service_that_opens_names_takes_the_old_key_beside_the_new(service, monkeypatch):
    around = replace(SURROUNDINGS, secrets=SECRETS.rotated("encryption"))
    for name, value in around.of_service(service).items():
        monkeypatch.setenv(name, value)

    settings = settings_of(service)().model_dump()
    assert "," in settings["key_encryption_key"].get_secret_value()
