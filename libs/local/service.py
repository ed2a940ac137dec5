"""One service as a process of its own: started, watched, stopped or killed."""

import sys
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from local.ports import HOST
from local.process import Child, Program
from local.trouble import Trouble
from local.waiting import wait_until

OK = 200


@dataclass(slots=True, kw_only=True)
class Service:
    """A service; what it is told may be changed before the next start."""

    name: str
    port: int
    environment: dict[str, str] = field(repr=False)
    log: Path
    _child: Child | None = None

    def start(self) -> None:
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start without waiting, so that all services wake up together."""
        command = [sys.executable, "-m", "common.serve", self.name]
        self._child = Child(
            Program(command=command, log=self.log, environment=self.environment),
        )

    def wait_until_ready(self) -> None:
        if self._child is None:
            raise Trouble(f"{self.name} was never started", mend="start it first")
        wait_until(self.is_ready, child=self._child, what=self.name)

    def ask_to_stop(self) -> None:
        if self._child:
            self._child.ask_to_stop()

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

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.is_running

    @property
    def exit_code(self) -> int | None:
        return self._child.exit_code if self._child else None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child and self._child.is_running else None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def is_ready(self) -> bool:
        return readiness(self.port)[0] == OK


def readiness(port: int) -> tuple[int, str]:
    """Ask `/readyz`: the status and what it says, or 0 if nobody answers."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()
