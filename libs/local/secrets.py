"""What must stay secret on this machine: made at the first start, kept for the next ones."""

import base64
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from common.server import OPERATOR
from common.tokens import new_signing_key, public_jwks
from local.ports import SERVICES

AES_KEY_BYTES = 32
SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Passwords and keys of one platform."""

    postgres: dict[str, str]
    nats: dict[str, str]
    key_encryption_key: str
    email_index_key: str
    token_signing_key: str
    seal_signing_key: str

    @classmethod
    def made_new(cls) -> Self:
        return cls(
            postgres={name: secrets.token_urlsafe(24) for name in (SUPERUSER, *SERVICES)},
            nats={name: secrets.token_urlsafe(24) for name in (OPERATOR, *SERVICES)},
            key_encryption_key=_new_key(),
            email_index_key=_new_key(),
            token_signing_key=new_signing_key(secrets.token_hex(8)),
            seal_signing_key=new_signing_key(secrets.token_hex(8)),
        )

    @classmethod
    def kept_in(cls, path: Path) -> Self:
        """Read them, or make them if this is the first start."""
        if path.exists():
            return cls(**json.loads(path.read_text()))
        cls.made_new().write(path)
        return cls.kept_in(path)

    def write(self, path: Path) -> None:
        """Appear whole, readable by nobody else, and only if there are no others yet."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(new, path)
        new.unlink()

    def rotated(self, what: str) -> Self:
        """Make one kind of secret new; the key encryption key keeps the old one behind it."""
        new = self.made_new()
        if what == "encryption":
            both = f"{new.key_encryption_key},{self.key_encryption_key}"
            return replace(self, key_encryption_key=both)
        if what == "retire":
            return replace(self, key_encryption_key=self.key_encryption_key.partition(",")[0])
        if what == "postgres":
            # Its own password stays: it opens the door to change the others.
            return replace(self, postgres={**new.postgres, SUPERUSER: self.postgres[SUPERUSER]})
        fields = {"nats": "nats", "tokens": "token_signing_key", "seal": "seal_signing_key"}
        return replace(self, **{fields[what]: getattr(new, fields[what])})

    def put_over(self, path: Path) -> None:
        """Take the place of the secrets before, at once or not at all."""
        new = path.with_name(f"{path.name}.next")
        new.unlink(missing_ok=True)
        self.write(new)
        new.rename(path)

    @property
    def token_keys(self) -> str:
        """The public half of the token key: what every service checks tokens with."""
        return public_jwks(self.token_signing_key)


def _new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(AES_KEY_BYTES)).decode().rstrip("=")
