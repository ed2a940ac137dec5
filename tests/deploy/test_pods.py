"""The pods of a collective as processes: the commands and the environment of the manifests."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import pytest

from deploy.check.network import SERVICES
from deploy.check.rendering import Workload
from deploy.check.told import environment
from local.platform import PYTHON_PATH
from local.ports import HOST, free_ports
from local.process import Child, Program
from local.service import OK, readiness
from local.waiting import wait_until
from tests.deploy.cluster import running


@pytest.fixture(scope="module")
def rendered(overlays):
    return overlays["collective"]


@pytest.fixture(scope="module")
def addresses(rendered, installed, tmp_path_factory):
    """Where on this machine is what the manifests name."""
    with running(rendered, tmp_path_factory.mktemp("pods")) as cluster:
        yield {
            "@postgres:5432": f"@{HOST}:{installed.port}",
            "@nats:4222": f"@{HOST}:{cluster.ports[0][0]}",
            "http://nats:8222": cluster.monitoring(0),
            "0.0.0.0": HOST,  # noqa: S104 -- what is replaced
        }


@pytest.fixture(scope="module")
def bootstrapped(rendered, addresses):
    """Run all Jobs at once, as the cluster does, and tell what each said."""
    jobs = [Workload(each) for each in rendered.of_kind("Job")]
    assert len(jobs) == len(SERVICES)
    with ThreadPoolExecutor() as threads:
        return [*threads.map(lambda job: finished(rendered, job, addresses), jobs)]


def finished(rendered, job, addresses):
    """Run one container after the other, as the kubelet does."""
    return [ran(*told(rendered, job, box, addresses)) for box in job.containers]


@pytest.fixture(scope="module")
def pods(rendered, addresses, bootstrapped, tmp_path_factory):
    """Serve every Deployment; give the ports."""
    logs = tmp_path_factory.mktemp("logs")
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    with ExitStack() as leaving:
        children = {}
        for each in map(Workload, rendered.of_kind("Deployment")):
            command, variables = told(rendered, each, each.containers[0], addresses)
            name = variables["SERVICE"]
            variables["HTTP_PORT"] = str(ports[name])
            program = Program(command=command, log=logs / name, environment=variables)
            children[name] = Child(program)
            leaving.callback(children[name].kill)
        for name, child in children.items():
            wait_until(partial(is_ready, ports[name]), child=child, what=name)
        yield ports


def is_ready(port):
    return readiness(port)[0] == OK


def told(rendered, workload, container, addresses):
    """Put together a command and its environment; TLS to a rented database is left out."""
    variables = environment(rendered, workload, container)
    for there, here in addresses.items():
        variables = {name: value.replace(there, here) for name, value in variables.items()}
    kept = {name: value for name, value in variables.items() if not name.startswith("PGSSL")}
    python, *arguments = container.get("command") or container["args"]
    assert python == "python"
    expanded = [each.replace("$(SERVICE)", kept["SERVICE"]) for each in arguments]
    return [sys.executable, *expanded], {**kept, "PYTHONPATH": PYTHON_PATH}


def ran(command, variables):
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_jobs_declare_streams_and_consumers_and_migrate(bootstrapped):
    said = "".join(line for job in bootstrapped for line in job)
    assert "stream events: " in said
    assert {name for name in SERVICES if f"consumer {name}: created" in said} == {*SERVICES}


def test_every_service_is_ready_on_a_cluster_of_three(pods):
    assert {name: readiness(port)[0] for name, port in pods.items()} == dict.fromkeys(SERVICES, OK)


@pytest.mark.parametrize("name", ["intake", "matching"])
def test_the_doctor_finds_nothing_wrong_from_inside_a_pod(rendered, addresses, pods, name):
    [deployment] = [
        Workload(each)
        for each in rendered.of_kind("Deployment")
        if each["metadata"]["name"] == f"binome-{name}"
    ]
    _, variables = told(rendered, deployment, deployment.containers[0], addresses)

    said = ran([sys.executable, "-m", "common.doctor", name], variables).splitlines()

    assert [line for line in said if not line.startswith("ok   ")] == []
    assert "ok   NATS: events is kept in 3 of 3 copies" in said
    assert f"ok   NATS: the user of {name} may what it must, and no more" in said
