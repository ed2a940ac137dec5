"""Write the dashboards and the rules for Kubernetes, or with --check say which are not so."""

import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.watching.events import EVENTS
from deploy.watching.panels import written
from deploy.watching.people import PEOPLE
from deploy.watching.services import SERVICES

DASHBOARDS = {"services": SERVICES, "events": EVENTS, "people": PEOPLE}

HERE = Path(__file__).parents[1]
PAGES = HERE / "observability" / "grafana" / "dashboards"
RULES = HERE / "observability" / "rules" / "binome.yml"
IN_CLUSTER = HERE / "k8s" / "components" / "observability" / "rules.yaml"

# The operator of Prometheus takes the same rules, but for what is around them.
AROUND = """\
# Written by `make dashboards` out of deploy/observability/rules/binome.yml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: binome
  namespace: binome
spec:
"""


def files() -> Mapping[Path, str]:
    """Tell what stands in each file."""
    pages = {PAGES / f"{name}.json": written(each) for name, each in DASHBOARDS.items()}
    return {**pages, IN_CLUSTER: AROUND + _indented(RULES.read_text())}


def _indented(text: str) -> str:
    lines = text[text.index("groups:") :].splitlines()
    return "".join(f"  {line}\n" if line else "\n" for line in lines)


def main(arguments: list[str]) -> int:
    wanted = files()
    if arguments == ["--check"]:
        stale = [path for path, text in wanted.items() if not _says(path, text)]
        sys.stderr.writelines(f"{path} is stale; mend: make dashboards\n" for path in stale)
        return 1 if stale else 0
    for path, text in wanted.items():
        path.write_text(text)
    return 0


def _says(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
