"""Who may talk to whom, worked out of the policies, is what is written here and nothing else."""

from collections.abc import Iterator
from typing import TypeAlias

from deploy.check.rendering import Manifest, Rendered, Workload, matches

# From a component, or from one service by name; to another; at a port.
Way: TypeAlias = tuple[str, str, int]

SERVICES = ("intake", "matching", "followup", "training", "reporting", "portal")
ALLOWED: frozenset[Way] = frozenset(
    {(name, "nats", port) for name in SERVICES for port in (4222, 8222)}
    | {(name, "postgres", 5432) for name in SERVICES}
    | {("portal", name, 8000) for name in SERVICES if name != "portal"}
    | {("bootstrap", "nats", 4222), ("bootstrap", "postgres", 5432), ("nats", "nats", 6222)}
    | {("backup", "postgres", 5432)}
)

ANY_PORT = 0


def selected(rendered: Rendered) -> Iterator[str]:
    """See that nobody speaks by default, and that each workload has a policy of its own."""
    policies = [each["spec"] for each in rendered.of_kind("NetworkPolicy")]
    denial = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    if denial not in policies:
        yield "no NetworkPolicy denies what no other allows"
    own = [each["podSelector"] for each in policies if each["podSelector"]]
    for workload in rendered.workloads:
        if not any(matches(selector, workload.labels) for selector in own):
            yield f"{workload.name}: no NetworkPolicy selects it"


def ways(rendered: Rendered) -> Iterator[str]:
    there = {_who(each) for each in rendered.workloads}
    needed = {way for way in ALLOWED if {way[0], way[1]} <= there and _is_open(rendered, way)}
    found = set(_found(rendered))
    for source, target, port in sorted(found - needed):
        yield f"{source} may talk to {target} at {port}, and should not"
    for source, target, port in sorted(needed - found):
        yield f"{source} may not talk to {target} at {port}, and must"


def leaving(rendered: Rendered) -> Iterator[str]:
    """See that nobody gets out of the cluster but with mail, and to a database that is rented."""
    allowed = {("portal", 465), ("portal", 587)}
    if not rendered.named("StatefulSet", "postgres"):
        allowed |= {(name, 5432) for name in (*SERVICES, "bootstrap", "backup")}
    for source, port in sorted({*_outward(rendered)} - allowed):
        yield f"{source} may leave the cluster at {port or 'any port'}, and should not"


def _outward(rendered: Rendered) -> Iterator[tuple[str, int]]:
    for policy in (each["spec"] for each in rendered.of_kind("NetworkPolicy")):
        sources = {_who(each) for each in rendered.workloads if _selects(policy, each)}
        for rule in policy.get("egress", []):
            if _leads_out(rule):
                ports = {each["port"] for each in rule.get("ports", [])} or {ANY_PORT}
                yield from ((source, port) for source in sources for port in ports)


def _selects(policy: Manifest, workload: Workload) -> bool:
    return matches(policy["podSelector"], workload.labels)


def _leads_out(rule: Manifest) -> bool:
    """Tell whether a rule lets through to addresses; one that names nobody means them all."""
    return not rule.get("to") or any("ipBlock" in each for each in rule["to"])


def _is_open(rendered: Rendered, way: Way) -> bool:
    """Servers that are alone have no port for their peers."""
    return any(
        way[2] in _ports(each).values() for each in rendered.workloads if _who(each) == way[1]
    )


def _who(workload: Workload) -> str:
    component = workload.labels["app.kubernetes.io/component"]
    return workload.labels["app.kubernetes.io/name"] if component == "service" else component


def _ports(workload: Workload) -> dict[str, int]:
    listed = (port for each in workload.pod["containers"] for port in each.get("ports", []))
    return {port["name"]: port["containerPort"] for port in listed}


def _found(rendered: Rendered) -> Iterator[Way]:
    policies = [each["spec"] for each in rendered.of_kind("NetworkPolicy")]
    for source in rendered.workloads:
        for target in rendered.workloads:
            out = _open_ports(policies, "egress", mine=source, other=target, ports=_ports(target))
            into = _open_ports(policies, "ingress", mine=target, other=source, ports=_ports(target))
            for port in out & into:
                yield _who(source), _who(target), port


def _open_ports(
    policies: list[Manifest], way: str, *, mine: Workload, other: Workload, ports: dict[str, int]
) -> set[int]:
    """List the ports of the target that the policies on one side let through."""
    listed = (each.get(way, []) for each in policies if matches(each["podSelector"], mine.labels))
    rules = [rule for each in listed for rule in each]
    side = "to" if way == "egress" else "from"
    letting = (each for each in rules if _lets(each.get(side), other))
    return {port for rule in letting for port in _of_rule(rule, ports)}


def _lets(peers: list[Manifest] | None, other: Workload) -> bool:
    """Tell whether a rule means a pod of ours; other namespaces and addresses are not ours."""
    if peers is None:
        return True
    own = (each for each in peers if "podSelector" in each and "namespaceSelector" not in each)
    return any(matches(each["podSelector"], other.labels) for each in own)


def _of_rule(rule: Manifest, ports: dict[str, int]) -> set[int]:
    if "ports" not in rule:
        return set(ports.values())
    named = {ports.get(each["port"], each["port"]) for each in rule["ports"]}
    return named & set(ports.values())
