"""Everything is backed up, each part from its own database, and the keys to a place apart."""

from collections.abc import Iterator

from common.backup import HOME_OF_KEYS, KEYS
from deploy.check.network import SERVICES
from deploy.check.rendering import Rendered, Workload


def rule(rendered: Rendered) -> Iterator[str]:
    backups = [each for each in rendered.workloads if each.kind == "CronJob"]
    parts = {_part(each): each for each in backups}
    for part in sorted({*SERVICES, KEYS} - parts.keys()):
        yield f"nothing backs up {part}"
    for part, workload in parts.items():
        home = HOME_OF_KEYS if part == KEYS else part
        if workload.containers[0]["envFrom"] != [{"secretRef": {"name": f"binome-{home}"}}]:
            yield f"{workload.name}: must be told what {home} is told, and nothing else"
        if "startingDeadlineSeconds" not in workload.manifest["spec"]:
            yield f"{workload.name}: may never start again, once a hundred times were missed"
        if part != KEYS and KEYS in parts and _places(workload) & _places(parts[KEYS]):
            yield f"{workload.name}: its backups lie beside those of the keys"


def _part(workload: Workload) -> str:
    return str(workload.containers[0]["command"][3])


def _places(workload: Workload) -> set[str]:
    claims = (each.get("persistentVolumeClaim", {}) for each in workload.pod["volumes"])
    return {each["claimName"] for each in claims if each}
