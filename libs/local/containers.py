"""Give each container the secrets that it needs, as files, and no others.

`python -m local.containers /secrets` makes them at the first start and keeps them for the next
ones. Below that folder each container finds a folder of its own; `kept` holds everything.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from common.server import OPERATOR, Server, configuration
from common.settings import Mode, setting
from local.environment import Surroundings
from local.ports import SERVICES, Ports
from local.secrets import Secrets

# Whom our containers run as; the image of PostgreSQL has its own.
OURS = 10001
KEPT = "kept"
HTTP_PORT = 8000
INSIDE = Ports(nats=4222, nats_monitoring=8222, postgres=5432, **dict.fromkeys(SERVICES, HTTP_PORT))
HOSTS = {name: name for name in (*SERVICES, "nats", "postgres")}
STORE = Path("/data")

# What must not be read by whoever may list the containers; everything else stands in the open.
SECRET = frozenset(
    {
        "DATABASE_URL",
        "NATS_URL",
        "TOKEN_KEYS",
        "KEY_ENCRYPTION_KEY",
        "SEAL_SIGNING_KEY",
        "TOKEN_SIGNING_KEY",
        "EMAIL_INDEX_KEY",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The files of one container, and who may read them."""

    path: Path
    owner: int = OURS
    mode: int = 0o400

    def write(self, files: Mapping[str, str]) -> None:
        """Let each file appear whole, also beside a container that runs."""
        for name, text in files.items():
            new = self.path / f".{name}"
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(text)
                os.fchmod(file.fileno(), self.mode)
                if os.geteuid() == 0:
                    os.fchown(file.fileno(), self.owner, self.owner)
            new.rename(self.path / name)


def hand_out(folder: Path, *, mode: Mode, store_size: int) -> None:
    """Write what each container may know; the second time, the same again."""
    kept = Secrets.kept_in(folder / KEPT / "secrets.json")
    around = Surroundings(ports=INSIDE, secrets=kept, python_path="", hosts=HOSTS)
    for name in SERVICES:
        Folder(path=folder / name).write(secret(around.of_service(name)))
    Folder(path=folder / OPERATOR).write(secret(around.of_operator()))
    # Seen by one container alone, whose user has a number that its image chooses.
    Folder(path=folder / "postgres", mode=0o444).write(kept.postgres)
    server = Server(
        store_dir=STORE,
        host="0.0.0.0",  # noqa: S104 (the inside of a container)
        max_file_store=store_size,
        local=mode is Mode.LOCAL,
    )
    Folder(path=folder / "nats").write({"nats.conf": configuration(server, kept.nats)})
    grafana = Folder(path=folder / "grafana", mode=0o444)
    if not (grafana.path / "password").exists():
        grafana.write({"password": token_urlsafe(24)})


def secret(told: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in told.items() if name in SECRET}


def main(folder: Path, *given_away: Path) -> None:
    """Hand out; a volume that was just made belongs to root, and is given to our user."""
    hand_out(folder, mode=Mode(setting("MODE")), store_size=int(setting("NATS_STORE_BYTES")))
    for path in given_away:
        os.chown(path, OURS, OURS)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
