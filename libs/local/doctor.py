"""`make doctor`: what is well on this machine, what is not, and what mends it."""

import json
import shutil
import stat
import sys
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from common import archive
from common.backup import HOME_OF_KEYS, KEYS
from local.arguments import main_of, read
from local.backup import NOTE, are_together
from local.lock import holder
from local.platform import LOCK, Platform
from local.ports import Ports, is_busy, variable
from local.service import OK, readiness
from local.trouble import Trouble

OLDEST_PYTHON = (3, 11)
LEAST_ROOM_GIGABYTES = 2
KEY_BYTES = 32
OURS_ALONE = 0o600
OLDEST_NATS = (2, 15)
# One a day, and some time to take it.
OLDEST_BACKUP = 26 * 3600
BACK_UP = "`make backup`"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; without a mend it is well."""

    what: str
    mend: str | None = None

    def __str__(self) -> str:
        return f"bad  {self.what}; mend: {self.mend}" if self.mend else f"ok   {self.what}"


Look = Callable[[Platform], Iterator[Finding]]


def python(_: Platform) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    well = sys.version_info >= OLDEST_PYTHON
    yield Finding(f"Python {version}", None if well else "install 3.11 or later, remove .venv")


def disk(platform: Platform) -> Iterator[Finding]:
    room = shutil.disk_usage(platform.home).free / 1e9
    well = room >= LEAST_ROOM_GIGABYTES
    yield Finding(
        f"{room:.1f} GB of room for {platform.home}",
        None if well else f"free some: {LEAST_ROOM_GIGABYTES} GB at least",
    )


def clock(platform: Platform) -> Iterator[Finding]:
    """Find a clock that was put back: it would date what happens now before what happened."""
    newest = max(path.stat().st_mtime for path in platform.home.iterdir())
    behind = newest - time.time()
    if behind > 1:
        yield Finding(
            f"the clock is {behind:.0f} s behind what is stored", "set the machine's clock"
        )
    else:
        yield Finding("the clock is ahead of everything stored")


def secrets(platform: Platform) -> Iterator[Finding]:
    path = platform.home / "secrets.json"
    mode = stat.S_IMODE(path.stat().st_mode)
    yield Finding(f"{path} has mode {mode:o}", None if mode == OURS_ALONE else f"chmod 600 {path}")
    kept = platform.secrets
    for name in ("key_encryption_key", "email_index_key"):
        yield _key(name, getattr(kept, name))
    for name in ("token_signing_key", "seal_signing_key"):
        yield _key(name, json.loads(getattr(kept, name)).get("d", ""))


def _key(name: str, text: str) -> Finding:
    # The newest stands before the old ones.
    size = len(urlsafe_b64decode(text.partition(",")[0] + "=="))
    mend = f"put {KEY_BYTES} bytes into secrets.json, base64url; with a new key old data stays shut"
    return Finding(f"{name} has {size} bytes", None if size == KEY_BYTES else mend)


def backups(platform: Platform) -> Iterator[Finding]:
    """Find each newest backup as it was written, not too old, and the keys apart from the data."""
    note = platform.home / NOTE
    if not note.exists():
        age = time.time() - (platform.home / "secrets.json").stat().st_mtime
        yield Finding("no backup was made yet", BACK_UP if age > OLDEST_BACKUP else None)
        return
    data, keys = (Path(place) for place in json.loads(note.read_text()).values())
    for service in platform.services:
        yield _backup(data, service)
    if HOME_OF_KEYS in platform.services:
        yield _backup(keys, KEYS)
        together = are_together(data, keys)
        mend = "`make backup` to two folders, neither inside the other" if together else None
        yield Finding(f"the keys are backed up to {keys}, the data to {data}", mend)


def _backup(place: Path, part: str) -> Finding:
    try:
        taken_at = archive.verified(archive.newest(place, part), part).taken_at
    except archive.BadBackup as bad:
        return Finding(str(bad), BACK_UP)
    hours = (time.time() - taken_at.timestamp()) / 3600
    mend = BACK_UP if hours * 3600 > OLDEST_BACKUP else None
    return Finding(f"the backup of {part} is whole and {hours:.0f} hours old", mend)


def free_ports(platform: Platform) -> Iterator[Finding]:
    taken = [name for name in _names() if is_busy(platform.ports.of(name))]
    for name in taken:
        port = platform.ports.of(name)
        yield Finding(f"port {port} ({name}) is taken", f"free it, or set {variable(name)}")
    if not taken:
        yield Finding("every port is free; `make up` starts the platform")


def _names() -> list[str]:
    return list(Ports.__dataclass_fields__)


def postgres(platform: Platform) -> Iterator[Finding]:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        [value] = platform.postgres.query(f"show {setting}")
        mend = None if value == "on" else "stop whoever started it so, and `make up`"
        yield Finding(f"PostgreSQL: {setting} is {value}", mend)


def roles(platform: Platform) -> Iterator[Finding]:
    mighty = platform.postgres.query(
        "select rolname from pg_roles where rolcanlogin and rolname <> 'postgres'"
        " and (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)"
    )
    entered = platform.postgres.query(
        "select rolname || ' enters ' || datname from pg_roles, pg_database"
        " where rolcanlogin and not rolsuper and datallowconn and rolname <> datname"
        " and has_database_privilege(rolname, datname, 'connect')"
    )
    for wrong in (*(f"{role} is more than a plain role" for role in mighty), *entered):
        yield Finding(f"PostgreSQL: {wrong}", "revoke it, as libs/local/postgres.py does")
    if not mighty and not entered:
        yield Finding("PostgreSQL: every role enters its own database alone")


def nats(platform: Platform) -> Iterator[Finding]:
    told = _varz(platform)
    version = str(told["version"])
    well = tuple(int(part) for part in version.split(".")[:2]) >= OLDEST_NATS
    yield Finding(f"NATS {version}", None if well else "make .venv anew")
    always = told["jetstream"]["config"].get("sync_always", False)
    mend = (
        None
        if always
        else "start it with `make up`, whose configuration says sync_interval: always"
    )
    yield Finding(f"NATS: sync_always is {str(always).lower()}", mend)


def _varz(platform: Platform) -> dict[str, Any]:
    with urlopen(f"{platform.nats.monitoring_url}/varz", timeout=5) as answer:  # noqa: S310 -- ours
        told: dict[str, Any] = json.load(answer)
        return told


def services(platform: Platform) -> Iterator[Finding]:
    for name, service in platform.services.items():
        status, said = readiness(service.port)
        told = said.strip()[:200]
        mend = None if status == OK else f"see {service.log}, then `make up` again ({told})"
        yield Finding(f"{name} is {'ready' if status == OK else 'not ready'}", mend)


AT_REST: tuple[Look, ...] = (python, disk, clock, secrets, backups)
RUNNING: tuple[Look, ...] = (postgres, roles, nats, services)


def examine(platform: Platform) -> Iterator[Finding]:
    runs = holder(platform.home / LOCK) is not None
    for look in (*AT_REST, *(RUNNING if runs else (free_ports,))):
        try:
            yield from look(platform)
        except Trouble as trouble:
            yield Finding(trouble.what, trouble.mend)
        except OSError as error:
            yield Finding(
                f"{look.__name__} cannot be asked: {error}", "`make down`, then `make up`"
            )


def doctor() -> None:
    told = read(__doc__)
    runs = holder(told.home / LOCK) is not None
    platform = Platform.found_in(told.home) if runs else Platform(told.home, told.ports)
    findings = list(examine(platform))
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    sys.exit(any(finding.mend for finding in findings))


if __name__ == "__main__":
    main_of(doctor)
