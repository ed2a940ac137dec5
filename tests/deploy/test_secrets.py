"""The secrets of an installation are made once, whole, and readable by nobody else."""

import base64
import json

import pytest

from common.server import OPERATOR, PEER, USERS
from deploy import secrets
from deploy.check.rendering import render


def test_what_is_written_becomes_the_secrets_that_were_made(tmp_path):
    told = secrets.made("db.example")
    secrets.write(tmp_path / "secrets", told)

    rendered = render(tmp_path / "secrets")

    found = {
        each["metadata"]["name"]: {
            key: base64.b64decode(value).decode() for key, value in each["data"].items()
        }
        for each in rendered.of_kind("Secret")
    }
    assert found == told
    assert {each["metadata"]["namespace"] for each in rendered.manifests} == {"binome"}


def test_nobody_else_reads_them(tmp_path):
    assert secrets.main([str(tmp_path / "secrets")]) == 0
    files = [*(tmp_path / "secrets").iterdir()]
    assert len(files) == 6 + 3 + 1
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_secrets_that_are_there_are_never_replaced(tmp_path, capsys):
    assert secrets.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} is there already: choose a new directory\n"


def test_who_opens_no_name_has_no_key():
    told = secrets.made()
    having = {name for name, values in told.items() if "KEY_ENCRYPTION_KEY" in values}
    assert having == {"binome-intake", "binome-followup", "binome-training", "binome-portal"}
    signing = {name for name, values in told.items() if "TOKEN_SIGNING_KEY" in values}
    assert signing == {"binome-portal"}
    assert "d" not in json.loads(told["binome-intake"]["TOKEN_KEYS"])["keys"][0]


@pytest.mark.parametrize("user", [*USERS, OPERATOR])
def test_each_user_of_nats_has_the_password_that_the_server_expects(user):
    told = secrets.made()
    password = told["nats"][f"NATS_PASSWORD_{user.upper()}"]
    assert told[f"binome-{user}"]["NATS_URL"] == f"nats://{user}:{password}@nats:4222"
    assert len({*told["nats"].values()}) == len(USERS) + 2
    assert f"NATS_PASSWORD_{PEER.upper()}" in told["nats"]
