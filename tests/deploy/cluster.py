"""NATS as it is deployed, run on this machine: the configuration and environment of the pods."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import httpx

from deploy.check.broker import BINARY
from deploy.check.rendering import Rendered
from deploy.check.told import environment
from local.ports import free_ports
from local.process import Child, Program
from local.waiting import wait_until

# For clients, for monitoring, for the other servers: where they are in a pod, and where here.
Ports: TypeAlias = tuple[int, int, int]
IN_A_POD: Ports = (4222, 8222, 6222)


@dataclass(frozen=True)
class Cluster:
    """The servers of one overlay."""

    told: Mapping[str, str]
    ports: list[Ports]
    servers: list[Child]

    @property
    def replicas(self) -> int:
        return len(self.ports)

    def url(self, user: str, server: int = 0) -> str:
        password = self.told[f"NATS_PASSWORD_{user.upper()}"]
        return f"nats://{user}:{password}@127.0.0.1:{self.ports[server][0]}"

    def monitoring(self, server: int) -> str:
        return f"http://127.0.0.1:{self.ports[server][1]}"

    def wait_until_well(self) -> None:
        for place, child in enumerate(self.servers):
            url = f"{self.monitoring(place)}/healthz"
            wait_until(partial(_says_ok, url), child=child, what="NATS")


def _says_ok(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@contextmanager
def running(rendered: Rendered, folder: Path) -> Iterator[Cluster]:
    """Run what is deployed; the addresses alone are ours."""
    [workload] = (each for each in rendered.workloads if each.name == "StatefulSet nats")
    told = environment(rendered, workload, workload.containers[0])
    count = workload.manifest["spec"]["replicas"]
    free = free_ports(3 * count)
    ports: list[Ports] = [(at, at + 1, at + 2) for at in free[::3]]
    _lead_here(told, ports)
    with ExitStack() as leaving:
        servers = []
        for place in range(count):
            path = _written(rendered, folder / str(place), ports[place])
            server = _server(path, {**told, "POD_NAME": f"nats-{place}"})
            leaving.callback(server.kill)
            servers.append(server)
        cluster = Cluster(told, ports, servers)
        cluster.wait_until_well()
        yield cluster


def _lead_here(told: dict[str, str], ports: list[Ports]) -> None:
    for place, (_, _, port) in enumerate(ports):
        if route := told.get(f"NATS_ROUTE_{place}"):
            assert route.endswith(f"@nats-{place}.nats-peers:6222")
            told[f"NATS_ROUTE_{place}"] = re.sub("@.*", f"@127.0.0.1:{port}", route)


def _written(rendered: Rendered, folder: Path, ports: Ports) -> Path:
    folder.mkdir()
    [text] = (
        each["data"]["nats.conf"]
        for each in rendered.of_kind("ConfigMap")
        if "nats.conf" in each["data"]
    )
    for there, here in zip(IN_A_POD, ports, strict=True):
        text = text.replace(f"0.0.0.0:{there}", f"127.0.0.1:{here}")
    path = folder / "nats.conf"
    path.write_text(text.replace('"/data"', json.dumps(str(folder / "data"))))
    return path


def _server(path: Path, told: Mapping[str, str]) -> Child:
    log = path.with_name("log")
    return Child(Program(command=[BINARY, "-c", path], log=log, environment=told))
