"""NATS is configured as the topology prints it, and whoever scales asks for what it declares."""

import re
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from common.server import Server, configuration
from common.streams import STREAMS
from common.topology import heard_by
from deploy.check.measured import unmeasured
from deploy.check.network import SERVICES
from deploy.check.rendering import Manifest, Rendered, Workload
from deploy.check.told import environment

BINARY = Path(sysconfig.get_path("scripts")) / "nats-server"
UNITS = {"Gi": 1024**3, "Ti": 1024**4}


def configured(rendered: Rendered) -> Iterator[str]:
    """Compare with what the code says; a limit above the disk would let the disk fill up."""
    text, servers = _text(rendered), _servers(rendered)
    found = re.search(r"max_file_store: (\d+)", text)
    limit = int(found[1]) if found else 0
    count = servers.manifest["spec"]["replicas"]
    server = Server(store_dir=Path("/data"), host="0.0.0.0", max_file_store=limit, servers=count)  # noqa: S104 -- the inside of a container
    if text != configuration(server):
        home = "components/nats-cluster" if count > 1 else "nats"
        printed = f"python -m common.topology config --servers {count} --max-file-store {limit}"
        mend = f"{printed} > deploy/k8s/{home}/nats.conf"
        yield f"nats.conf is not what the topology says; mend: {mend}"
    [claim] = servers.manifest["spec"]["volumeClaimTemplates"]
    size = claim["spec"]["resources"]["requests"]["storage"]
    if limit >= int(size[:-2]) * UNITS[size[-2:]]:
        yield f"nats.conf: max_file_store {limit} is not below its disk of {size}"


def accepted(rendered: Rendered) -> Iterator[str]:
    """Show it to the server itself, in the environment that the pod will have."""
    servers = _servers(rendered)
    told = environment(rendered, servers, servers.containers[0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nats.conf"
        path.write_text(_text(rendered))
        command = [str(BINARY), "-t", "-c", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=told)  # noqa: S603 -- our own
    if done.returncode:
        yield f"the NATS server refuses nats.conf: {done.stderr.strip().splitlines()[-1]}"


def _servers(rendered: Rendered) -> Workload:
    [found] = (each for each in rendered.workloads if each.name == "StatefulSet nats")
    return found


def _text(rendered: Rendered) -> str:
    [volume] = (each for each in _servers(rendered).pod["volumes"] if "configMap" in each)
    found = rendered.named("ConfigMap", volume["configMap"]["name"])
    return str(found["data"]["nats.conf"]) if found else ""


def scaled(rendered: Rendered) -> Iterator[str]:
    for each in rendered.of_kind("ScaledObject"):
        name = f"ScaledObject {each['metadata']['name']}"
        for trigger in each["spec"]["triggers"]:
            yield from (f"{name}: {wrong}" for wrong in _trigger(rendered, trigger))
    for each in rendered.of_kind("ScaledObject", "HorizontalPodAutoscaler"):
        yield from _target(rendered, each)


def _trigger(rendered: Rendered, trigger: Manifest) -> Iterator[str]:
    asked = trigger["metadata"]
    if trigger["type"] == "nats-jetstream":
        yield from _asked(rendered, asked)
    elif trigger["type"] == "prometheus":
        yield from unmeasured(asked["query"])
    else:
        yield f"the rules know no trigger {trigger['type']}"


def _asked(rendered: Rendered, asked: Mapping[str, str]) -> Iterator[str]:
    if f"\n  {asked['account']} {{\n" not in _text(rendered):
        yield f"NATS has no account {asked['account']}"
    if asked["stream"] not in {stream.name for stream in STREAMS}:
        yield f"the topology declares no stream {asked['stream']}"
    if not heard_by(SERVICES).get(asked["consumer"]):
        yield f"the topology declares no consumer {asked['consumer']}"
    address = urlsplit(f"//{asked['natsServerMonitoringEndpoint']}")
    service, namespace = str(address.hostname).split(".")[:2]
    there = rendered.named("Service", service)
    ports = {port["port"] for port in there["spec"]["ports"]} if there else set()
    if address.port not in ports or not rendered.named("Namespace", namespace):
        yield f"nothing listens at {address.netloc}"


def _target(rendered: Rendered, scaler: Manifest) -> Iterator[str]:
    name = scaler["spec"]["scaleTargetRef"]["name"]
    deployment = rendered.named("Deployment", name)
    if deployment is None:
        yield f"{scaler['kind']} {name}: there is no such Deployment"
    elif "replicas" in deployment["spec"]:
        yield f"Deployment {name}: says replicas, and is scaled: each apply would undo the scaling"
