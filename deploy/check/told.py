"""What each container is told is what its code asks for: all of it, and nothing else."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from pydantic import ValidationError

from common.settings import Settings, complaint
from common.topology import REPLICAS
from deploy import secrets
from deploy.check.rendering import Manifest, Rendered, Workload

# What no Settings knows: who the container is, and how asyncpg trusts its server.
NOT_SETTINGS = {"SERVICE", "PGSSLMODE", "PGSSLROOTCERT"}
# What the person on duty brings beside the secrets.
BROUGHT = {"postgres-ca"}


@cache
def made() -> Mapping[str, Mapping[str, str]]:
    return secrets.made()


def rule(rendered: Rendered) -> Iterator[str]:
    for workload in rendered.workloads:
        for container in workload.containers:
            lost = [f"{workload.name}: {each}" for each in _lost(rendered, container)]
            yield from lost or _wrong(rendered, workload, container)


def references(rendered: Rendered) -> Iterator[str]:
    """See that what is mounted is there, and that the vault, if any, brings every Secret."""
    for workload in rendered.workloads:
        for volume in workload.pod.get("volumes", []):
            name = volume.get("configMap", {}).get("name")
            if name and name not in BROUGHT and not rendered.named("ConfigMap", name):
                yield f"{workload.name}: there is no ConfigMap {name}"
    vault = {each["spec"]["target"]["name"] for each in rendered.of_kind("ExternalSecret")}
    asked = {name for each in rendered.workloads for name in _secrets(each)}
    if vault and vault != asked:
        yield f"the vault brings {sorted(vault)}, and the workloads ask for {sorted(asked)}"


def _secrets(workload: Workload) -> Iterator[str]:
    for container in workload.containers:
        for source in container.get("envFrom", []):
            if "secretRef" in source:
                yield source["secretRef"]["name"]


def _lost(rendered: Rendered, container: Manifest) -> Iterator[str]:
    for source in container.get("envFrom", []):
        secret = source.get("secretRef", {}).get("name")
        settings = source.get("configMapRef", {}).get("name")
        if secret and secret not in made():
            yield f"nobody makes the Secret {secret}"
        if settings and not rendered.named("ConfigMap", settings):
            yield f"there is no ConfigMap {settings}"


def environment(rendered: Rendered, workload: Workload, container: Manifest) -> dict[str, str]:
    """Work out the environment as the kubelet does: later sources win, `env` above all."""
    told: dict[str, str] = {}
    for source in container.get("envFrom", []):
        if "secretRef" in source:
            told |= made()[source["secretRef"]["name"]]
        else:
            settings = rendered.named("ConfigMap", source["configMapRef"]["name"])
            told |= settings["data"] if settings else {}
    for variable in container.get("env", []):
        told[variable["name"]] = _value(variable, workload, told)
    return told


def _value(variable: Manifest, workload: Workload, told: Mapping[str, str]) -> str:
    if "value" in variable:
        return re.sub(r"\$\((\w+)\)", lambda name: told[name[1]], variable["value"])
    if "secretKeyRef" in variable["valueFrom"]:
        reference = variable["valueFrom"]["secretKeyRef"]
        return made()[reference["name"]][reference["key"]]
    label = re.fullmatch(
        r"metadata\.labels\['(.+)'\]", variable["valueFrom"]["fieldRef"]["fieldPath"]
    )
    return workload.labels[label[1]] if label else "pod-0"


def _wrong(rendered: Rendered, workload: Workload, container: Manifest) -> Iterator[str]:
    told = environment(rendered, workload, container)
    if container["name"] == "service":
        wrong = _service(told)
    elif container["name"] == "declare":
        wrong = _declare(rendered, told)
    elif container["name"] in {"migrate", "backup"}:
        wrong = iter([] if "DATABASE_URL" in told else ["DATABASE_URL is not set"])
    else:
        wrong = iter(())
    return (f"{workload.name}: {each}" for each in wrong)


def _service(told: Mapping[str, str]) -> Iterator[str]:
    kind = settings_of(told["SERVICE"])
    known = {name.upper() for name in kind.model_fields} | NOT_SETTINGS
    for name in sorted(told.keys() - known):
        yield f"{name} is no setting of {told['SERVICE']}"
    try:
        with _only(told):
            kind()
    except ValidationError as error:
        yield complaint(kind, error)


def settings_of(service: str) -> type[Settings]:
    name = f"{service}.settings"
    if find_spec(name) is None:
        return Settings
    own = vars(import_module(name)).values()
    [kind] = [each for each in own if isinstance(each, type) and each.__module__ == name]
    if not issubclass(kind, Settings):
        raise TypeError(f"{name} holds no Settings")
    return kind


def _declare(rendered: Rendered, told: Mapping[str, str]) -> Iterator[str]:
    servers = rendered.named("StatefulSet", "nats")
    replicas = told.get("STREAM_REPLICAS", "1")
    if replicas not in REPLICAS or not servers or int(replicas) != servers["spec"]["replicas"]:
        yield f"STREAM_REPLICAS={replicas} is not the number of the NATS servers"
    if "NATS_URL" not in told:
        yield "NATS_URL is not set"


@contextmanager
def _only(told: Mapping[str, str]) -> Iterator[None]:
    """Let nothing of this machine's environment stand in for what is not told."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(told)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
