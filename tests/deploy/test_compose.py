"""The compose file holds what it promises, as far as one can read it without an engine."""

import re
from pathlib import Path

import pytest
import yaml

from common.settings import Settings
from followup.settings import FollowupSettings
from intake.settings import IntakeSettings
from local.containers import HTTP_PORT
from local.ports import SERVICES
from portal.settings import Settings as PortalSettings
from tests.servers import NATS_IMAGE, POSTGRES_IMAGE
from training.settings import TrainingSettings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
ALL = COMPOSE["services"]
CORE = {name for name, service in ALL.items() if not service.get("profiles")}
KINDS = {
    "intake": IntakeSettings,
    "matching": Settings,
    "followup": FollowupSettings,
    "training": TrainingSettings,
    "reporting": Settings,
    "portal": PortalSettings,
}
# Read before there are settings, or said by the image.
BESIDE = {"SECRETS_DIR"}


def test_the_core_needs_three_images_and_ours():
    of_others = {
        ALL[name]["image"] for name in CORE if not ALL[name]["image"].startswith("binome/")
    }

    assert of_others == {POSTGRES_IMAGE, NATS_IMAGE}
    assert {
        *SERVICES,
        *(f"migrate-{name}" for name in SERVICES),
        *("secrets", "topology", "postgres", "nats"),
    } == CORE


@pytest.mark.parametrize("name", ALL)
def test_every_container_is_held_short(name):
    service = ALL[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory", "pids"} <= service["deploy"]["resources"]["limits"].keys()
    assert "restart" in service
    assert "privileged" not in service


def test_only_who_hands_out_the_secrets_is_root_and_it_has_no_network():
    privileged = [
        name for name in ALL if ALL[name].get("cap_add") or ALL[name].get("user") == "0:0"
    ]

    assert privileged == ["secrets"]
    assert ALL["secrets"]["cap_add"] == ["CHOWN"]
    assert ALL["secrets"]["network_mode"] == "none"


@pytest.mark.parametrize("name", SERVICES)
def test_every_variable_of_a_service_exists_in_its_settings(name):
    told = {variable.lower() for variable in ALL[name]["environment"].keys() - BESIDE}

    assert told <= KINDS[name].model_fields.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_for_its_migration_and_the_topology_and_sees_its_own_secrets(name):
    done = {"condition": "service_completed_successfully"}

    assert ALL[name]["depends_on"] == {"topology": done, f"migrate-{name}": done}
    for each in (name, f"migrate-{name}"):
        assert ALL[each]["volumes"] == [f"secrets-{name}:/run/secrets:ro"]


def test_no_service_but_the_portal_is_reached_from_outside():
    doors = {name: ALL[name]["ports"] for name in CORE if ALL[name].get("ports")}

    assert doors.keys() == {"portal"}
    assert all(port.startswith("127.0.0.1:") for [port] in doors.values())
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_no_service_but_the_portal_gets_out():
    leaving = {name for name in CORE if "outside" in ALL[name].get("networks", [])}

    assert leaving == {"portal"}


def test_the_portal_finds_the_others_by_name():
    told = ALL["portal"]["environment"]

    for name in SERVICES[:-1]:
        assert told[f"{name.upper()}_URL"] == f"http://{name}:{HTTP_PORT}"


def test_the_first_admin_can_be_taken_away():
    told = ALL["portal"]["environment"]["FIRST_ADMIN_EMAIL"]

    # With `:-`, compose would take an empty value for none, and let the first admin in again.
    assert told.startswith("${FIRST_ADMIN_EMAIL-")


def test_every_variable_of_compose_is_documented():
    files = ("docker-compose.yml", "compose.demo.yml")
    asked = re.findall(r"\$\{(\w+)", "".join((ROOT / name).read_text() for name in files))
    documented = (ROOT / "docs/operations/install.md").read_text()

    assert [name for name in asked if f"`{name}`" not in documented] == []
