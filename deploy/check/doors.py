"""Every way in leads somewhere: Ingress to Services, Services to pods, mails to the portal."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from deploy.check.rendering import Rendered, matches

# What a service tells machines, and the Service without pods to which the Ingress leads for it.
FOR_MACHINES = ("/metrics", "/livez", "/readyz")
CLOSED = "binome-closed"


def services(rendered: Rendered) -> Iterator[str]:
    """See that each port of a Service is one of the pods that it selects."""
    for service in rendered.of_kind("Service"):
        name = service["metadata"]["name"]
        if name == CLOSED:
            continue
        selector = {"matchLabels": service["spec"]["selector"]}
        pods = [each for each in rendered.workloads if matches(selector, each.labels)]
        listed = (port for each in pods for box in each.containers for port in box.get("ports", []))
        there = {port["name"] for port in listed}
        for port in service["spec"]["ports"]:
            if port["targetPort"] not in there:
                yield f"Service {name}: nobody has a port {port['targetPort']}"


def ingress(rendered: Rendered) -> Iterator[str]:
    for door in rendered.of_kind("Ingress"):
        safe = {host for each in door["spec"].get("tls", []) for host in each["hosts"]}
        for rule in door["spec"]["rules"]:
            if rule["host"] not in safe:
                yield f"Ingress: {rule['host']} has no certificate"
            for path in rule["http"]["paths"]:
                name = path["backend"]["service"]["name"]
                if not rendered.named("Service", name):
                    yield f"Ingress: there is no Service {name}"


def machines(rendered: Rendered) -> Iterator[str]:
    """See that nobody comes through the Ingress to what only machines are to ask."""
    rules = (rule for door in rendered.of_kind("Ingress") for rule in door["spec"]["rules"])
    for rule in rules:
        leads = {each["path"]: each["backend"]["service"]["name"] for each in rule["http"]["paths"]}
        for path in FOR_MACHINES:
            if leads.get(path) != CLOSED:
                yield f"Ingress: {rule['host']}{path} is open to everybody"


def public_name(rendered: Rendered) -> Iterator[str]:
    """See that the links in mails lead to a host that the Ingress knows."""
    rules = [rule for door in rendered.of_kind("Ingress") for rule in door["spec"]["rules"]]
    for settings in rendered.of_kind("ConfigMap"):
        url = settings["data"].get("PUBLIC_URL")
        if url and urlsplit(url).hostname not in {rule["host"] for rule in rules}:
            yield f"PUBLIC_URL is {url}, and no Ingress knows that host"
