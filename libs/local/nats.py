"""A real NATS server with JetStream, and a lock so that two never write to one store."""

import fcntl
import os
import shutil
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from common.server import FILE_STORE, Server, configuration
from local.ports import HOST
from local.process import Child, Program
from local.trouble import Trouble
from local.waiting import wait_until


@dataclass(slots=True, kw_only=True)
class Nats:
    """One server; `passwords` names its users."""

    home: Path
    port: int
    monitoring_port: int
    passwords: Mapping[str, str]
    log: Path
    file_store: int = FILE_STORE
    _child: Child | None = None

    def start(self) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock() as lock:
            for note in self.home.glob("nats-server_*.ports"):
                note.unlink()
            self._child = Child(
                Program(
                    command=[
                        *(_binary(), "-c", self._write_configuration()),
                        *("--ports_file_dir", self.home),
                    ],
                    log=self.log,
                    inherited=[lock],  # held for as long as the server lives, even without us
                )
            )
        # The server's own note that it listens: a greeting could come from somebody else.
        note = self.home / f"nats-server_{self._child.pid}.ports"
        wait_until(note.exists, child=self._child, what="NATS")

    def stop(self) -> None:
        if self._child:
            self._child.stop()

    def kill(self) -> None:
        if self._child:
            self._child.kill()

    def freeze(self) -> None:
        if self._child:
            self._child.freeze()

    def thaw(self) -> None:
        if self._child:
            self._child.thaw()

    def wipe(self) -> None:
        """Lose the disk: only of a server that does not run."""
        with self._lock():
            shutil.rmtree(self.store, ignore_errors=True)

    @property
    def store(self) -> Path:
        return self.home / "store"

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.is_running

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child and self._child.is_running else None

    def url(self, user: str) -> str:
        return f"nats://{user}:{quote(self.passwords[user], safe='')}@{HOST}:{self.port}"

    @property
    def monitoring_url(self) -> str:
        return f"http://{HOST}:{self.monitoring_port}"

    @contextmanager
    def _lock(self) -> Iterator[int]:
        """Nobody else uses the store; NATS itself does not look."""
        lock = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield lock
        except BlockingIOError as held:
            raise Trouble(
                f"another NATS server uses {self.store}",
                mend="stop it with `make down`, or choose another --data directory",
            ) from held
        finally:
            os.close(lock)

    def _write_configuration(self) -> Path:
        """Keep the passwords off the command line, where everybody could read them."""
        path = self.home / "nats.conf"
        path.touch(mode=0o600)
        path.write_text(configuration(self._described(), self.passwords))
        return path

    def _described(self) -> Server:
        disk = shutil.disk_usage(self.home)
        return Server(
            store_dir=self.store,
            port=self.port,
            monitoring_port=self.monitoring_port,
            host=HOST,
            # Of the disk's size and not of its room, or the limit would differ at each start.
            max_file_store=min(self.file_store, disk.total // 4),
            local=True,
        )


def _binary() -> Path:
    return Path(sysconfig.get_path("scripts")) / "nats-server"
