"""The platform on one machine, as `make up` and the end-to-end tests start it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Self

from local.environment import Surroundings, passed_on
from local.lock import Lock
from local.nats import Nats
from local.ports import SERVICES, Ports
from local.postgres import Postgres
from local.process import Child, Program
from local.secrets import Secrets
from local.service import Service
from local.trouble import Trouble

ROOT = Path(__file__).parents[2]
PYTHON_PATH = os.pathsep.join(str(ROOT / folder) for folder in ("services", "libs"))
DEFAULT_HOME = ROOT / ".data"
LOCK = "lock"
LAST_STARTED = "last_started.json"

Say = Callable[[str], None]


def say_nothing(_: str) -> None:
    pass


class Platform:
    """Two servers and the services on one data directory; a context that leaves nothing behind."""

    def __init__(
        self,
        home: Path = DEFAULT_HOME,
        ports: Ports | None = None,
        *,
        names: Sequence[str] = SERVICES,
    ) -> None:
        self.home = home.absolute()
        self.ports = ports or Ports.from_environment(os.environ)
        self.logs = self.home / "logs"
        self.secrets = Secrets.kept_in(self.home / "secrets.json")
        self.surroundings = Surroundings(
            ports=self.ports, secrets=self.secrets, python_path=PYTHON_PATH
        )
        self.postgres = self._postgres()
        self.nats = self._nats()
        self.services = {name: self._service(name) for name in names}
        self._compiling: Child | None = None
        self._held = ExitStack()

    @classmethod
    def found_in(cls, home: Path) -> Self:
        """Find the platform as it was last started on this data directory."""
        last = home / LAST_STARTED
        if not last.exists():
            return cls(home)
        told = json.loads(last.read_text())
        return cls(home, Ports(**told["ports"]), names=told["names"])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, say: Say = say_nothing) -> None:
        """Return when every service is ready; if one cannot be, leave nothing behind."""
        try:
            self.start_servers(say)
            self._start_services(say)
        except BaseException:
            self.stop()
            raise

    def start_servers(self, say: Say = say_nothing) -> None:
        """Start what the services stand on, and no service."""
        self._held.enter_context(Lock(self.home / LOCK))
        self.ports.refuse_busy()
        self._remember()
        self.logs.mkdir(mode=0o700, exist_ok=True)
        self._start_both(say)

    def stop(self) -> None:
        """Let go in the order in which nobody misses what it needs."""
        if self._compiling:
            self._compiling.kill()
        for service in self.services.values():
            service.ask_to_stop()
        for service in self.services.values():
            service.stop()
        self.nats.stop()
        self.postgres.stop()
        self._held.close()

    def service(self, name: str) -> Service:
        return self.services[name]

    def url(self, service: str) -> str:
        return self.surroundings.url(service)

    def environment_of(self, service: str) -> dict[str, str]:
        """Tell what the service itself is told: for commands such as `common.refill`."""
        return passed_on(os.environ, service) | self.surroundings.of_service(service)

    def operator_environment(self) -> dict[str, str]:
        return passed_on(os.environ) | self.surroundings.of_operator()

    def declare(self) -> None:
        """Make NATS hold the streams, buckets and consumers that the services expect."""
        self.run("common.topology", "declare", *self.services)

    def migrate(self) -> None:
        """Bring the databases up to date, in one process that loads the code once for all."""
        self.run("local.migrate", "--data", str(self.home), *self.services)

    def run(self, *command: str, environment: Mapping[str, str] | None = None) -> str:
        """Run a command of the project, as the operator or as told, and return what it says."""
        done = subprocess.run(  # noqa: S603 -- our own programs, no shell
            [sys.executable, "-m", *command],
            env=dict(environment or self.operator_environment()),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            log = self.logs / f"{command[0]}.log"
            log.write_text(done.stdout + done.stderr)
            raise Trouble(f"{' '.join(command)} failed: {last_line(log)}", mend=f"see {log}")
        return done.stdout

    def compile_ahead(self) -> None:
        """Have matching's code compiled while nobody asks for it yet; what is made is kept.

        With what is left of the machine: it takes half a minute the first time, and is found done
        from then on.
        """
        command = ["nice", sys.executable, "-m", "matching.ahead"]
        log = self.logs / "compiling.log"
        self._compiling = Child(
            Program(command=command, log=log, environment=self.operator_environment())
        )

    def dead(self) -> dict[str, Path]:
        """Name those that should run and do not, each with its log."""
        everyone: dict[str, Postgres | Nats | Service] = {
            "PostgreSQL": self.postgres,
            "NATS": self.nats,
            **self.services,
        }
        return {name: each.log for name, each in everyone.items() if not each.is_running}

    def _remember(self) -> None:
        started = {"ports": asdict(self.ports), "names": list(self.services)}
        (self.home / LAST_STARTED).write_text(json.dumps(started))

    def _start_both(self, say: Say) -> None:
        """Both at once: each is half the wait, and neither needs the other."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            both = [pool.submit(self._prepare_postgres, say), pool.submit(self._prepare_nats, say)]
        for each in both:
            each.result()

    def _prepare_postgres(self, say: Say) -> None:
        self.postgres.start()
        say(f"PostgreSQL listens on {self.ports.postgres}")
        self.migrate()
        say("the databases are up to date")

    def _prepare_nats(self, say: Say) -> None:
        self.nats.start()
        say(f"NATS listens on {self.ports.nats}")
        self.declare()
        say("streams, buckets and consumers are declared")

    def _start_services(self, say: Say) -> None:
        for service in self.services.values():
            service.launch()
        for service in self.services.values():
            service.wait_until_ready()
            say(f"{service.name} is ready")

    def _postgres(self) -> Postgres:
        return Postgres(
            home=self.home / "postgres",
            port=self.ports.postgres,
            passwords=self.secrets.postgres,
            log=self.logs / "postgres.log",
        )

    def _nats(self) -> Nats:
        return Nats(
            home=self.home / "nats",
            port=self.ports.nats,
            monitoring_port=self.ports.nats_monitoring,
            passwords=self.secrets.nats,
            log=self.logs / "nats.log",
        )

    def _service(self, name: str) -> Service:
        return Service(
            name=name,
            port=self.ports.of(name),
            environment=self.environment_of(name),
            log=self.logs / f"{name}.log",
        )


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def throw_away(home: Path) -> None:
    """Remove a data directory, also what stands elsewhere because root's home is closed."""
    postgres = home / "postgres"
    if postgres.is_symlink():
        shutil.rmtree(postgres.readlink(), ignore_errors=True)
    shutil.rmtree(home)
