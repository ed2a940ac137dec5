"""What every service must be told by its environment, and one line about what is wrong with it."""

import base64
import binascii
import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, Self, TypeVar
from uuid import uuid4

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    Field,
    NatsDsn,
    PostgresDsn,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_BYTES = 32
WRONG_SETTINGS = 2  # the exit code for a command that was called wrongly
# A directory with one file for each secret, named like the variable whose place it takes.
SECRETS_DIR = "SECRETS_DIR"


class Mode(StrEnum):
    """Local mode allows what would be a hole in production: a clock that is moved, crashes."""

    LOCAL = "local"
    PRODUCTION = "production"


def decoded_key(text: str) -> bytes:
    """Read 32 bytes from base64url, with or without padding."""
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64url") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"must be {KEY_BYTES} bytes in base64url, and is {len(key)}")
    return key


def key_of_32_bytes(secret: SecretStr) -> SecretStr:
    decoded_key(secret.get_secret_value())
    return secret


def keys_of_32_bytes(secrets: SecretStr) -> SecretStr:
    for key in secrets.get_secret_value().split(","):
        decoded_key(key.strip())
    return secrets


def ed25519_key(jwk: Any, *, private: bool) -> None:
    if not isinstance(jwk, dict) or jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
        raise ValueError("must hold Ed25519 keys only")
    if not jwk.get("kid"):
        raise ValueError("has a key without a kid")
    if private != ("d" in jwk):
        raise ValueError("must hold the private part" if private else "must hold public keys only")
    decoded_key(str(jwk.get("x", "")))
    decoded_key(str(jwk.get("d", "A" * 43)))


def public_keys(text: str) -> str:
    jwks = read_json(text)
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not keys:
        raise ValueError("must be a JWKS with at least one key")
    for key in keys:
        ed25519_key(key, private=False)
    return text


def private_key(secret: SecretStr) -> SecretStr:
    ed25519_key(read_json(secret.get_secret_value()), private=True)
    return secret


def read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError("is not JSON") from None


# A service's own settings name their secrets by these types.
EncryptionKey = Annotated[SecretStr, AfterValidator(key_of_32_bytes)]
# Newest first, separated by commas: an old one stays until everything is wrapped anew.
EncryptionKeys = Annotated[SecretStr, AfterValidator(keys_of_32_bytes)]
SigningKey = Annotated[SecretStr, AfterValidator(private_key)]
PublicKeys = Annotated[str, AfterValidator(public_keys)]


class Settings(BaseSettings):
    """Each service subclasses this to add what it alone must be told."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    mode: Mode
    database_url: PostgresDsn = Field(examples=["postgresql+asyncpg://intake@127.0.0.1/intake"])
    nats_url: NatsDsn = Field(examples=["nats://intake@127.0.0.1:4222"])
    nats_monitoring_url: AnyHttpUrl = Field(examples=["http://127.0.0.1:8222"])
    token_keys: PublicKeys = Field(
        repr=False,
        examples=['{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"2026","x":"…"}]}'],
    )
    http_host: str = "127.0.0.1"
    http_port: int = Field(ge=1, le=65535, examples=["8001"])
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otlp_endpoint: AnyHttpUrl | None = Field(default=None, examples=["http://127.0.0.1:4318"])
    crash_at: str | None = Field(default=None, examples=["relay.published:3"])
    instance: str = Field(default_factory=lambda: uuid4().hex[:8])

    @model_validator(mode="after")
    def crash_only_locally(self) -> Self:
        if self.crash_at and self.mode is not Mode.LOCAL:
            raise ValueError("CRASH_AT is for MODE=local alone: take it away")
        return self


AnySettings = TypeVar("AnySettings", bound=BaseSettings)

# What a field wants to see when it has no example of its own.
EXAMPLES = {
    "mode": "local",
    "key_encryption_key": "base64url of 32 random bytes",
    "log_level": "info",
}


def load(kind: type[AnySettings]) -> AnySettings:
    """Read the environment; a wrong one is told in one line on stderr, and ends the process.

    What the environment does not say is looked for in the files of SECRETS_DIR.
    """
    folder = secrets_folder()
    try:
        return kind(_secrets_dir=folder)
    except ValidationError as error:
        stop(complaint(kind, error))


def setting(name: str) -> str:
    """Read the one variable that a command needs, from where the services find it."""
    value = optional(name)
    if not value:
        stop(f"{name} is not set; for example: {name}={example(Settings, name.lower())}")
    return value


def optional(name: str) -> str | None:
    return os.environ.get(name) or _kept(name)


def secrets_folder() -> Path | None:
    named = os.environ.get(SECRETS_DIR)
    if named and not Path(named).is_dir():
        stop(f"{SECRETS_DIR} is wrong: no such directory; for example: {SECRETS_DIR}=/run/secrets")
    return Path(named) if named else None


def _kept(name: str) -> str | None:
    folder = secrets_folder()
    files = sorted(folder.iterdir()) if folder else []
    return next((file.read_text().strip() for file in files if file.name.upper() == name), None)


def stop(complaint: str) -> NoReturn:
    sys.stderr.write(complaint + "\n")
    raise SystemExit(WRONG_SETTINGS)


def complaint(kind: type[BaseSettings], error: ValidationError) -> str:
    """Say what is wrong with the first wrong variable; never its value, which may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    what = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return f"Settings: {what}."
    name = str(first["loc"][0])
    if first["type"] == "missing":
        return f"{name.upper()} is not set; for example: {name.upper()}={example(kind, name)}"
    return f"{name.upper()} is wrong: {what}; for example: {name.upper()}={example(kind, name)}"


def example(kind: type[BaseSettings], name: str) -> str:
    field = kind.model_fields.get(name)
    given = field.examples[0] if field and field.examples else None
    return str(given or EXAMPLES.get(name, "…"))
