"""A real PostgreSQL without a package manager, as root or not, with one database a service."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from local.ground import Account, binaries, ground_of, unprivileged
from local.ports import HOST
from local.process import Child, Program
from local.secrets import SUPERUSER
from local.trouble import Trouble
from local.waiting import wait_until

MAJOR = "18"

# Nothing but passwords over the loopback: no socket, no trust, no peer.
HOST_BASED_ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "jit": "off",
    # What people wrote must not reach a log: neither parameters, nor statements, nor details.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(slots=True, kw_only=True)
class Postgres:
    """One server; `passwords` names its roles, each of which owns the database of its name."""

    home: Path
    port: int
    passwords: Mapping[str, str]
    log: Path
    account: Account = field(default_factory=unprivileged)
    _child: Child | None = None

    def start(self) -> None:
        """Make the store if there is none, start, and see that every role has its database."""
        self.home.parent.mkdir(parents=True, exist_ok=True)
        store = ground_of(self.home, self.account)
        if not (store / "PG_VERSION").exists():
            self._initialise(store)
        self._refuse_another_version(store)
        self._child = Child(
            Program(
                command=[self._binary("postgres"), "-D", store, "-p", str(self.port), *_options()],
                log=self.log,
                account=self.account,
                farewell=signal.SIGINT,  # "fast": sessions are ended, the rest is written
                orphaned=signal.SIGINT,
            )
        )
        pid = self._child.pid
        wait_until(lambda: _says_ready(store, pid), child=self._child, what="PostgreSQL")
        self.add_databases(self._roles)
        # They may have been made new since the last start.
        self.query("".join(_password(name, self.passwords[name]) for name in self._roles))

    @property
    def _roles(self) -> list[str]:
        return sorted(set(self.passwords) - {SUPERUSER})

    def stop(self) -> None:
        if self._child:
            self._child.stop(patience=30)

    def kill(self) -> None:
        """SIGKILL to the server and every backend, as a power cut would."""
        if self._child:
            self._child.kill()

    def freeze(self) -> None:
        if self._child:
            self._child.freeze()

    def thaw(self) -> None:
        if self._child:
            self._child.thaw()

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.is_running

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child and self._child.is_running else None

    def url(self, role: str, database: str | None = None) -> str:
        """Address a database as SQLAlchemy does."""
        password = quote(self.passwords[role], safe="")
        return f"postgresql+asyncpg://{role}:{password}@{HOST}:{self.port}/{database or role}"

    def query(self, sql: str, *, role: str = SUPERUSER, database: str | None = None) -> list[str]:
        """Run a script and return its lines, columns parted by a bar."""
        done = subprocess.run(  # noqa: S603 -- our own programs, no shell
            [self._binary("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"],
            input=sql,
            env=self._client_environment(role, database or role),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Trouble(
                f"PostgreSQL refused {role}: {done.stderr.strip().splitlines()[0]}",
                mend=f"see {self.log}; if the passwords were lost, remove {self.home.parent}",
            )
        return done.stdout.splitlines()

    def add_databases(self, names: Iterable[str], *, owner: str | None = None) -> None:
        """Give each role a database of its own that no other role may enter."""
        held = set(self.query("select datname from pg_database"))
        for name in sorted(set(names) - held):
            role = owner or name
            self.query(_creation(name, role, self.passwords[role]))

    def _client_environment(self, role: str, database: str) -> dict[str, str]:
        return {
            "PGHOST": HOST,
            "PGPORT": str(self.port),
            "PGUSER": role,
            "PGDATABASE": database,
            "PGPASSWORD": self.passwords[role],
            "PGCONNECT_TIMEOUT": "10",
        }

    def _initialise(self, store: Path) -> None:
        """Make the store beside its place and move it there whole: half a store is never seen."""
        if store.exists() and any(store.iterdir()):
            raise Trouble(
                f"{store} holds something that is not a PostgreSQL store",
                mend="remove it, or choose another --data directory",
            )
        new = store.with_name(f"{store.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700, parents=True)
        _give(new, self.account)
        self._run_initdb(new)
        (new / "pg_hba.conf").write_text(HOST_BASED_ACCESS)
        with suppress(FileNotFoundError):
            store.rmdir()
        new.rename(store)

    def _run_initdb(self, store: Path) -> None:
        secret = store.with_name(f"{store.name}.password")
        secret.touch(mode=0o600)
        try:
            secret.write_text(self.passwords[SUPERUSER])
            _give(secret, self.account)
            command = [
                *(self._binary("initdb"), "-D", str(store), "-U", SUPERUSER),
                *("--pwfile", str(secret), "-A", "scram-sha-256", "-E", "UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            ]
            _run(command, self.account)
        finally:
            secret.unlink()

    def _refuse_another_version(self, store: Path) -> None:
        version = (store / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise Trouble(
                f"{store} was made by PostgreSQL {version}, this is {MAJOR}",
                mend="choose another --data directory, or dump it there and restore it here",
            )

    def _binary(self, name: str) -> str:
        return str(binaries(self.account) / name)


def _options() -> list[str]:
    return [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]


def _says_ready(store: Path, pid: int) -> bool:
    """Read the server's own note about itself, unless a killed one left it."""
    try:
        note = (store / "postmaster.pid").read_text().split()
    except OSError:
        return False
    return note[:1] == [str(pid)] and note[-1] == "ready"


def _creation(database: str, role: str, password: str) -> str:
    return f"""
        select not exists (select from pg_roles where rolname = '{role}') as is_new \\gset
        \\if :is_new
            create role {role} login;
            {_password(role, password)}
        \\endif
        create database {database} owner {role} template template0;
        revoke all on database {database} from public;
        revoke all on database postgres from public;
        revoke all on database template1 from public;
    """  # noqa: S608 -- our own names, and a quoted secret


def _password(role: str, password: str) -> str:
    secret = password.replace("'", "''")
    return f"alter role {role} password '{secret}';\n"


def _give(path: Path, account: Account) -> None:
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


def _run(command: list[str], account: Account) -> None:
    done = subprocess.run(  # noqa: S603 -- our own programs, no shell
        command,
        user=account and account.pw_uid,
        group=account and account.pw_gid,
        extra_groups=[] if account else None,
        env={"LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Trouble(
            f"{Path(command[0]).name} failed: {done.stderr.strip().splitlines()[-1]}",
            mend="see the disk's room and the rights on the data directory",
        )
