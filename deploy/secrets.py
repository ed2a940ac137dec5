"""Make the secrets of a new installation: `python -m deploy.secrets DIRECTORY [--database HOST]`.

`kubectl apply -k DIRECTORY` then brings them to the cluster. Keep a copy where the backups are
not: without KEY_ENCRYPTION_KEY nobody opens a name again.
"""

import argparse
import os
import secrets
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from common.server import OPERATOR, PEER, USERS
from local.environment import OPENS_NAMES
from local.ports import SERVICES
from local.secrets import SUPERUSER, Secrets

NATS_ADDRESS = "nats:4222"


def made(database: str = "postgres") -> dict[str, dict[str, str]]:
    """Make every Secret of the deployment, by name, with all of its keys."""
    keys = Secrets.made_new()
    nats = _words((*USERS, OPERATOR, PEER))
    roles = _words((SUPERUSER, *SERVICES))
    told = {f"binome-{name}": _of_service(name, keys) for name in SERVICES}
    for name in SERVICES:
        place = f"{name}:{roles[name]}@{database}:5432/{name}"
        told[f"binome-{name}"] |= {
            "DATABASE_URL": f"postgresql+asyncpg://{place}",
            "NATS_URL": f"nats://{name}:{nats[name]}@{NATS_ADDRESS}",
        }
    told["binome-operator"] = {"NATS_URL": f"nats://{OPERATOR}:{nats[OPERATOR]}@{NATS_ADDRESS}"}
    told["nats"] = {f"NATS_PASSWORD_{name.upper()}": word for name, word in nats.items()}
    told["postgres"] = {_of_role(name): word for name, word in roles.items()}
    return told


def _words(names: Iterable[str]) -> dict[str, str]:
    # A letter first: NATS reads what a variable holds as it reads its file, and 12e5 is a number.
    return {name: f"p{secrets.token_hex(24)}" for name in names}


def _of_role(name: str) -> str:
    return "POSTGRES_PASSWORD" if name == SUPERUSER else f"POSTGRES_PASSWORD_{name.upper()}"


def _of_service(name: str, keys: Secrets) -> dict[str, str]:
    told = {"TOKEN_KEYS": keys.token_keys}
    if name in OPENS_NAMES:
        told["KEY_ENCRYPTION_KEY"] = keys.key_encryption_key
    if name == "followup":
        told["SEAL_SIGNING_KEY"] = keys.seal_signing_key
    if name == "portal":
        told["TOKEN_SIGNING_KEY"] = keys.token_signing_key
        told["EMAIL_INDEX_KEY"] = keys.email_index_key
    return told


def write(directory: Path, told: Mapping[str, Mapping[str, str]]) -> None:
    """Write one file for each Secret, and a kustomization that makes them of these files."""
    directory.mkdir(mode=0o700, parents=True)
    for name, values in told.items():
        lines = (f"{key}={value}\n" for key, value in values.items())
        _write_secret(directory / f"{name}.env", "".join(lines))
    generated = "".join(f"  - {{name: {name}, envs: [{name}.env]}}\n" for name in told)
    _write_secret(directory / "kustomization.yaml", KUSTOMIZATION + generated)


KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: binome
generatorOptions: {disableNameSuffixHash: true}
secretGenerator:
"""


def _write_secret(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.secrets", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--database", default="postgres", help="host of PostgreSQL")
    asked = parser.parse_args(arguments)
    if asked.directory.exists():
        # New keys in place of old ones would close every name for ever.
        sys.stderr.write(f"{asked.directory} is there already: choose a new directory\n")
        return 2
    write(asked.directory, made(asked.database))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
