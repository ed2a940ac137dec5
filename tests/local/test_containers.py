"""Each container finds the secrets that it needs in files of its own, and no others."""

import stat

import pytest

from common.server import OPERATOR, USERS
from common.settings import Mode, Settings, load
from followup.settings import FollowupSettings
from intake.settings import IntakeSettings
from local.containers import KEPT, hand_out, main
from local.ports import SERVICES
from local.secrets import Secrets
from portal.settings import Settings as PortalSettings
from training.settings import TrainingSettings

TOLD = {
    "MODE": "production",
    "NATS_MONITORING_URL": "http://nats:8222",
    "HTTP_PORT": "8000",
    "PUBLIC_URL": "https://binome.example",
} | {f"{name.upper()}_URL": f"http://{name}:8000" for name in SERVICES}
KINDS = {
    "intake": IntakeSettings,
    "matching": Settings,
    "followup": FollowupSettings,
    "training": TrainingSettings,
    "reporting": Settings,
    "portal": PortalSettings,
}


@pytest.fixture
def folder(tmp_path):
    for name in (KEPT, *SERVICES, OPERATOR, "postgres", "nats", "grafana"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def handed(folder):
    hand_out(folder, mode=Mode.PRODUCTION, store_size=2**30)
    return folder


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_with_its_files_and_what_stands_in_the_open(handed, monkeypatch, name):
    for variable, value in TOLD.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("SECRETS_DIR", str(handed / name))

    settings = load(KINDS[name])

    assert str(settings.database_url).endswith(f"@postgres:5432/{name}")
    assert str(settings.nats_url).endswith("@nats:4222")


@pytest.mark.parametrize("name", SERVICES)
def test_only_who_opens_names_is_given_the_key_that_opens_them(handed, name):
    given = (handed / name / "key_encryption_key").exists()

    assert given is (USERS[name].keys != "none")


def test_nobody_is_given_the_password_of_another(handed):
    kept = Secrets.kept_in(handed / KEPT / "secrets.json")
    for name in SERVICES:
        given = "".join(file.read_text() for file in (handed / name).iterdir())
        others = [*kept.nats.items(), *kept.postgres.items()]
        assert not [other for other, word in others if other != name and word in given]


def test_nobody_else_reads_them_and_the_second_start_changes_none(handed):
    files = [file for name in (*SERVICES, OPERATOR) for file in (handed / name).iterdir()]
    before = {file: file.read_text() for file in handed.rglob("*") if file.is_file()}

    hand_out(handed, mode=Mode.PRODUCTION, store_size=2**30)

    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o400}
    assert {file: file.read_text() for file in handed.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("mode", Mode)
def test_the_clock_may_be_moved_in_local_mode_alone(folder, monkeypatch, mode):
    monkeypatch.setenv("MODE", mode)
    monkeypatch.setenv("NATS_STORE_BYTES", "1000000")

    main(folder)

    configured = (folder / "nats" / "nats.conf").read_text()
    assert ('"$KV.clock.>"' in configured) is (mode is Mode.LOCAL)
    assert "sync_interval: always" in configured
    assert "max_file_store: 1000000" in configured
