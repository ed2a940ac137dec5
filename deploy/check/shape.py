"""Every workload can be watched, cannot take all, may do no more than it must, and is spread."""

from collections.abc import Iterator

from common.health import router
from deploy.check.rendering import Manifest, Rendered, Workload, matches

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def probes(rendered: Rendered) -> Iterator[str]:
    for workload in rendered.workloads:
        if workload.kind not in {"Job", "CronJob"}:
            for container in workload.pod["containers"]:
                yield from _probes(workload, container)


def _probes(workload: Workload, container: Manifest) -> Iterator[str]:
    ports = {port["name"] for port in container["ports"]}
    for name in PROBES:
        probe = container.get(name)
        if probe is None:
            yield f"{workload.name}: has no {name}"
        elif probe.get("httpGet", {}).get("port") not in {None, *ports}:
            yield f"{workload.name}: {name} asks at a port that it does not have"
        elif container["name"] == "service" and probe["httpGet"]["path"] not in _pages():
            yield f"{workload.name}: {name} asks for a page that no service has"


def _pages() -> set[str]:
    return {str(getattr(route, "path", "")) for route in router.routes}


def limits(rendered: Rendered) -> Iterator[str]:
    for workload in rendered.workloads:
        for container in workload.containers:
            given = container.get("resources", {})
            for kind in ("requests", "limits"):
                for what in {"cpu", "memory"} - {*given.get(kind, {})}:
                    yield f"{workload.name}: {container['name']} has no {what} among its {kind}"


def rights(rendered: Rendered) -> Iterator[str]:
    for workload in rendered.workloads:
        yield from _pod_rights(workload)
        for container in workload.containers:
            given = container.get("securityContext", {})
            for key, value in RESTRICTED.items():
                if given.get(key) != value:
                    yield f"{workload.name}: {container['name']} wants {key}: {value}"


def _pod_rights(workload: Workload) -> Iterator[str]:
    given = workload.pod.get("securityContext", {})
    if given.get("runAsNonRoot") is not True:
        yield f"{workload.name}: may run as root"
    if given.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield f"{workload.name}: wants seccompProfile: RuntimeDefault"
    if workload.pod.get("automountServiceAccountToken") is not False:
        yield f"{workload.name}: is given a token of Kubernetes"


def spread(rendered: Rendered) -> Iterator[str]:
    """See that what may have several replicas is spread, and is not drained all at once."""
    budgets = [each["spec"]["selector"] for each in rendered.of_kind("PodDisruptionBudget")]
    for workload in rendered.workloads:
        if not _may_be_several(workload):
            continue
        constraints = workload.pod.get("topologySpreadConstraints", [])
        if not any(matches(each["labelSelector"], workload.labels) for each in constraints):
            yield f"{workload.name}: is not spread over nodes"
        if not any(matches(selector, workload.labels) for selector in budgets):
            yield f"{workload.name}: has no PodDisruptionBudget"


def _may_be_several(workload: Workload) -> bool:
    return workload.kind == "Deployment" or workload.manifest["spec"].get("replicas", 1) > 1


def images(rendered: Rendered) -> Iterator[str]:
    for workload in rendered.workloads:
        for container in workload.containers:
            tag = container["image"].rpartition(":")[2]
            if tag in {"latest", container["image"]}:
                yield f"{workload.name}: its image {container['image']} may be any"
