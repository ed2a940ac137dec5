"""Where everything listens on this machine; the one list of the services' names."""

import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from itertools import count
from secrets import randbelow
from typing import Self

from local.trouble import Trouble

HOST = "127.0.0.1"
# Below the ports that Linux gives to outgoing connections.
CHOSEN_BY_NOBODY = (20_000, 32_000)
# Each process goes on from a place of its own, and never back: whoever looks for a port while
# another is about to listen on one would be given the same now and then.
_steps = count(randbelow(CHOSEN_BY_NOBODY[1] - CHOSEN_BY_NOBODY[0]))
SERVICES = ("intake", "matching", "followup", "training", "reporting", "portal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One port for each listener."""

    portal: int = 8000
    intake: int = 8001
    matching: int = 8002
    followup: int = 8003
    training: int = 8004
    reporting: int = 8005
    nats: int = 42222
    nats_monitoring: int = 48222
    postgres: int = 55432

    @classmethod
    def counted_from(cls, base: int) -> Self:
        """Nine neighbours: the portal first, PostgreSQL last."""
        return cls(**{port.name: base + offset for offset, port in enumerate(fields(cls))})

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Take the usual ports, but for those that a variable like BINOME_NATS_PORT moves."""
        moved = {
            port.name: int(environ[variable(port.name)])
            for port in fields(cls)
            if variable(port.name) in environ
        }
        return cls(**moved)

    @classmethod
    def free(cls) -> Self:
        return cls.counted_from(free_ports(len(fields(cls)))[0])

    def of(self, name: str) -> int:
        port: int = getattr(self, name)
        return port

    def refuse_busy(self) -> None:
        """Say which port somebody else holds, and which variable moves ours away."""
        for name, port in asdict(self).items():
            if is_busy(port):
                raise Trouble(
                    f"port {port} ({name}) is taken",
                    mend=f"free it, or set {variable(name)} to another port",
                )


def variable(name: str) -> str:
    return f"BINOME_{name.upper()}_PORT"


def is_busy(port: int) -> bool:
    """Try to listen as our servers will: connections that linger do not count."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return True
    return False


def free_ports(many: int) -> list[int]:
    """Find neighbours that nobody listens on, where no outgoing connection takes one meanwhile."""
    lowest, end = CHOSEN_BY_NOBODY
    while True:
        first, *_ = [next(_steps) for _ in range(many)]
        base = lowest + first % (end - lowest)
        neighbours = list(range(base, base + many))
        if not any(is_busy(port) for port in neighbours):
            return neighbours
