"""The databases of a small installation, made by the script that its pod runs on an empty disk."""

from pathlib import Path

import pytest
import yaml

from deploy.check.network import SERVICES
from local.secrets import SUPERUSER
from local.trouble import Trouble
from tests.deploy.pieces import pod

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_owns_its_database_and_enters_no_other(installed, service):
    installed.query("create table mine (id int)", role=service)
    for other in {*SERVICES, SUPERUSER, "template1"} - {service}:
        with pytest.raises(Trouble, match="permission denied for database"):
            installed.query("select 1", role=service, database=other)


def test_no_role_of_a_service_may_more_than_it_must(installed):
    rights = "rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls"
    names = ", ".join(f"'{name}'" for name in SERVICES)
    query = f"select count(*) from pg_roles where rolname in ({names}) and ({rights})"
    assert installed.query(query) == ["0"]


def test_its_processes_share_as_much_memory_in_a_cluster_as_in_compose(overlays):
    inside = pod(overlays["small"], "postgres", "StatefulSet")
    [place] = [
        each["name"]
        for each in inside["containers"][0]["volumeMounts"]
        if each["mountPath"].endswith("/shm")
    ]
    [shared] = [each["emptyDir"] for each in inside["volumes"] if each["name"] == place]

    told = yaml.safe_load(COMPOSE.read_text())["services"]["postgres"]["shm_size"]
    assert shared == {"medium": "Memory", "sizeLimit": told.replace("m", "Mi")}
