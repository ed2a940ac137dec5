"""What an overlay comes to: rendered by kubectl, and read as workloads and what is around them."""

import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

HERE = Path(__file__).parent.parent / "k8s"
OVERLAYS = ("small", "collective")

# One resource as it is written: its shape is proven by its schema.
Manifest: TypeAlias = Mapping[str, Any]


class NotRendered(Exception):
    """The overlay cannot be rendered."""


@dataclass(frozen=True, slots=True)
class Workload:
    """Something that runs pods."""

    manifest: Manifest

    @property
    def name(self) -> str:
        return f"{self.kind} {self.manifest['metadata']['name']}"

    @property
    def kind(self) -> str:
        return str(self.manifest["kind"])

    @property
    def labels(self) -> Mapping[str, str]:
        labels: Mapping[str, str] = self._template["metadata"]["labels"]
        return labels

    @property
    def pod(self) -> Manifest:
        pod: Manifest = self._template["spec"]
        return pod

    @property
    def _template(self) -> Manifest:
        spec: Manifest = self.manifest["spec"]
        template: Manifest = spec.get("jobTemplate", {"spec": spec})["spec"]["template"]
        return template

    @property
    def containers(self) -> list[Manifest]:
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Everything that one overlay brings to a cluster."""

    manifests: tuple[Manifest, ...]

    def of_kind(self, *kinds: str) -> Iterator[Manifest]:
        return (each for each in self.manifests if each["kind"] in kinds)

    def named(self, kind: str, name: str) -> Manifest | None:
        found = (each for each in self.of_kind(kind) if each["metadata"]["name"] == name)
        return next(found, None)

    @property
    def workloads(self) -> list[Workload]:
        kinds = ("Deployment", "StatefulSet", "Job", "CronJob")
        return [Workload(each) for each in self.of_kind(*kinds)]


def render(directory: Path) -> Rendered:
    """Render as the person on duty does, by the kubectl of the virtual environment."""
    done = subprocess.run(  # noqa: S603 -- our own files
        [_kubectl(), "kustomize", directory], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotRendered(done.stderr.strip())
    return Rendered(
        tuple(yaml.load_all(done.stdout, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    )


def _kubectl() -> str:
    own = Path(sysconfig.get_path("scripts")) / "kubectl"
    found = shutil.which(own) or shutil.which("kubectl")
    if found is None:
        raise NotRendered("no kubectl here; mend: make .venv/.test, which brings one")
    return found


def matches(selector: Manifest, labels: Mapping[str, str]) -> bool:
    """Tell whether a label selector selects; an empty one selects everything."""
    wanted = selector.get("matchLabels", {}).items()
    if any(labels.get(key) != value for key, value in wanted):
        return False
    return all(_expressed(each, labels) for each in selector.get("matchExpressions", []))


def _expressed(expression: Manifest, labels: Mapping[str, str]) -> bool:
    if expression["operator"] != "In":
        raise NotImplementedError(f"the rules read no operator {expression['operator']}")
    return labels.get(expression["key"]) in expression["values"]
