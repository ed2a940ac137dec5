"""Secrets are made once, kept for ourselves, and given to those who need them."""

import base64
import json
import stat

import pytest

from local.environment import Surroundings
from local.ports import SERVICES, Ports
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
