"""Every resource has the shape that Kubernetes, KEDA or External Secrets wants, to the letter."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from deploy.check.rendering import Manifest, Rendered

# The oldest that we run on, and the newest that there was to look at.
VERSIONS = ("1.32.0", "1.37.0")
OURS = files("deploy.check") / "schemas"
THEIRS = files("kubernetes_validate") / "kubernetes-json-schema"


def rule(rendered: Rendered) -> Iterator[str]:
    for manifest in rendered.manifests:
        for version in VERSIONS:
            yield from _complaints(manifest, version)


def _complaints(manifest: Manifest, version: str) -> Iterator[str]:
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    validator = _validator(manifest["kind"].lower(), manifest["apiVersion"], version)
    if validator is None:
        yield f"{name}: no schema for {manifest['apiVersion']} in Kubernetes {version}"
        return
    for error in validator.iter_errors(manifest):
        yield f"{name}: {'.'.join(map(str, error.path))}: {error.message[:200]}"


@cache
def _validator(kind: str, api_version: str, version: str) -> Draft202012Validator | None:
    group, _, name = api_version.rpartition("/")
    ours = OURS / f"{kind}_{name}.json"
    if ours.is_file():
        return Draft202012Validator(json.loads(ours.read_text()))
    short = f"{group.split('.')[0]}-{name}" if group else name
    theirs = THEIRS / f"v{version}-local-strict" / f"{kind}-{short}.json"
    if not theirs.is_file():
        return None
    return Draft202012Validator(json.loads(theirs.read_text()), registry=_definitions(version))


@cache
def _definitions(version: str) -> Registry[Any]:
    path = THEIRS / f"v{version}-local-strict" / "_definitions.json"
    return Resource.from_contents(json.loads(path.read_text())) @ Registry()
