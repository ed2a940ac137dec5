"""A wrong environment is told in one line that says how to mend it, and never repeats a secret."""

import base64
import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import Field

from common.settings import EncryptionKey, Mode, Settings, SigningKey, load, setting
from common.tokens import new_signing_key, public_jwks
from local.ports import SERVICES

PRIVATE = new_signing_key("one")
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
RIGHT = {
    "MODE": "local",
    "DATABASE_URL": "postgresql+asyncpg://intake@127.0.0.1/intake",
    "NATS_URL": "nats://intake@127.0.0.1:4222",
    "NATS_MONITORING_URL": "http://127.0.0.1:8222",
    "TOKEN_KEYS": public_jwks(PRIVATE),
    "HTTP_PORT": "8001",
    "KEY_ENCRYPTION_KEY": KEY,
    "TOKEN_SIGNING_KEY": PRIVATE,
}


class PortalLike(Settings):
    key_encryption_key: EncryptionKey
    token_signing_key: SigningKey = Field(examples=["a private JWK"])


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)


def test_a_right_environment_is_read():
    settings = load(PortalLike)

    assert settings.mode is Mode.LOCAL
    assert settings.key_encryption_key.get_secret_value() == KEY


def test_secrets_are_not_shown():
    shown = repr(load(PortalLike))

    assert KEY not in shown
    assert json.loads(PRIVATE)["d"] not in shown


SHORT = base64.urlsafe_b64encode(b"k" * 16).decode()
WRONG = [
    ("MODE", "staging", "'local' or 'production'"),
    ("HTTP_PORT", "eighty", "valid integer"),
    ("HTTP_PORT", "70000", "65535"),
    ("DATABASE_URL", "mysql://x", "URL scheme"),
    ("NATS_URL", "http://x", "URL scheme"),
    ("TOKEN_KEYS", "{", "not JSON"),
    ("TOKEN_KEYS", "[]", "JWKS"),
    ("TOKEN_KEYS", '{"keys":[]}', "at least one key"),
    ("TOKEN_KEYS", '{"keys":[{"kty":"RSA"}]}', "Ed25519"),
    ("TOKEN_KEYS", '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}', "kid"),
    ("TOKEN_KEYS", '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AA"}]}', "32 bytes"),
    ("TOKEN_KEYS", json.dumps({"keys": [json.loads(PRIVATE)]}), "public keys only"),
    ("TOKEN_SIGNING_KEY", json.dumps(json.loads(public_jwks(PRIVATE))["keys"][0]), "private part"),
    ("KEY_ENCRYPTION_KEY", SHORT, "must be 32 bytes in base64url, and is 16"),
    ("KEY_ENCRYPTION_KEY", "pas une clé !", "base64url"),
]


@pytest.mark.parametrize(
    ("name", "value", "told"), WRONG, ids=[f"{name} {told}" for name, _, told in WRONG]
)
def test_a_wrong_variable_is_told_in_one_line(monkeypatch, capsys, name, value, told):
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as stopped:
        load(PortalLike)

    line = capsys.readouterr().err
    assert stopped.value.code == 2
    assert line.count("\n") == 1
    assert line.startswith(f"{name} is wrong: ")
    assert told in line
    assert "for example: " in line
    assert value not in line or len(value) < 3


@pytest.mark.parametrize("name", ["MODE", "DATABASE_URL", "KEY_ENCRYPTION_KEY", "HTTP_PORT"])
@pytest.mark.parametrize("empty", [True, False])
def test_a_missing_variable_is_named_with_an_example(monkeypatch, capsys, name, empty):
    monkeypatch.setenv(name, "") if empty else monkeypatch.delenv(name)

    with pytest.raises(SystemExit):
        load(PortalLike)

    assert capsys.readouterr().err.startswith(f"{name} is not set; for example: {name}=")


def test_a_crash_may_be_ordered_locally_only(monkeypatch, capsys):
    monkeypatch.setenv("CRASH_AT", "relay.published")
    load(Settings)
    monkeypatch.setenv("MODE", "production")

    with pytest.raises(SystemExit):
        load(Settings)

    assert "CRASH_AT is for MODE=local alone" in capsys.readouterr().err


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Keep every secret in a file of SECRETS_DIR, and none in the environment."""
    for name in ("DATABASE_URL", "NATS_URL", "TOKEN_KEYS", "KEY_ENCRYPTION_KEY"):
        monkeypatch.delenv(name)
        (tmp_path / name.lower()).write_text(f"{RIGHT[name]}\n")
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    return tmp_path


def test_what_the_environment_does_not_say_is_read_from_the_files_of_secrets(kept):
    settings = load(PortalLike)

    assert str(settings.database_url) == RIGHT["DATABASE_URL"]
    assert settings.key_encryption_key.get_secret_value() == KEY
    assert setting("NATS_URL") == RIGHT["NATS_URL"]


def test_files_may_be_named_in_capitals(kept):
    (kept / "nats_url").rename(kept / "NATS_URL")

    assert str(load(PortalLike).nats_url) == setting("NATS_URL") == RIGHT["NATS_URL"]


def test_the_environment_is_heard_before_the_files(kept, monkeypatch):
    monkeypatch.setenv("NATS_URL", "nats://127.0.0.1:5222")

    assert str(load(PortalLike).nats_url) == setting("NATS_URL") == "nats://127.0.0.1:5222"


def test_a_wrong_file_is_told_like_a_wrong_variable(kept, capsys):
    (kept / "key_encryption_key").write_text(SHORT)

    with pytest.raises(SystemExit):
        load(PortalLike)

    told = "KEY_ENCRYPTION_KEY is wrong: must be 32 bytes in base64url, and is 16; for example: "
    assert capsys.readouterr().err.startswith(told)


def test_a_folder_of_secrets_that_is_not_there_is_told_in_one_line(monkeypatch, capsys):
    monkeypatch.setenv("SECRETS_DIR", "/nowhere")

    with pytest.raises(SystemExit) as stopped:
        load(PortalLike)

    assert stopped.value.code == 2
    assert capsys.readouterr().err == (
        "SECRETS_DIR is wrong: no such directory; for example: SECRETS_DIR=/run/secrets\n"
    )


@pytest.mark.parametrize("name", ["DATABASE_URL", "NATS_URL", "KEY_ENCRYPTION_KEY"])
def test_a_command_names_what_it_misses(monkeypatch, capsys, name):
    monkeypatch.delenv(name)

    with pytest.raises(SystemExit) as stopped:
        setting(name)

    assert stopped.value.code == 2
    line = capsys.readouterr().err
    assert line.startswith(f"{name} is not set; for example: {name}=")
    assert line.count("\n") == 1


# From INTAKE_URL to REPORTING_URL; and what matching tells the process that computes for it.
TOLD_TOGETHER = {f"{service}_url" for service in SERVICES} | {"instance"}


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_of_operators_names_every_setting(service):
    page = (Path(__file__).parents[2] / "docs" / "running.md").read_text()
    own = find_spec(f"{service}.settings")
    kinds = vars(import_module(own.name)).values() if own else [Settings]
    names = {
        name for each in kinds if hasattr(each, "model_fields") for name in each.model_fields
    } - TOLD_TOGETHER

    assert names >= Settings.model_fields.keys() - TOLD_TOGETHER
    assert {name for name in names if f"`{name.upper()}`" not in page} == set()
