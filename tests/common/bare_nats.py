"""A NATS server with options of the test's own, beside the ones that the platform runs."""

import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARY = Path(sysconfig.get_path("scripts")) / "nats-server"


@contextmanager
def running(options: list[str], monitoring_port: int) -> Iterator[None]:
    with subprocess.Popen([BINARY, *options], stderr=subprocess.DEVNULL) as server:
        try:
            wait_until_reachable(monitoring_port)
            yield
        finally:
            server.terminate()


def wait_until_reachable(port: int) -> None:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        with socket.socket() as attempt:
            if not attempt.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.01)
