"""The platform on one machine: it starts, goes on where it was, says what is wrong, and is gone."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest

from local.doctor import examine
from local.lock import holder
from local.platform import LOCK, PYTHON_PATH, Platform, throw_away
from local.ports import HOST, Ports, is_busy
from local.trouble import Trouble
from tests.waiting import wait_until

# One service is enough to see how any of them is started, watched and stopped.
NAME = "training"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder that only its owner may enter, as root's own are."""
    home = tmp_path_factory.mktemp("platform")
    yield home
    throw_away(home)


@pytest.fixture(scope="module")
def platform(home):
    with Platform(home, Ports.free(), names=[NAME]) as platform:
        yield platform


def run(module, home, *options):
    """Type a command as a person would, and read what it says."""
    return subprocess.run(
        [sys.executable, "-m", module, "--data", home, *options],
        env={"PYTHONPATH": PYTHON_PATH, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def processes_with(text):
    """Find who still runs with this in its command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if text in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_a_started_service_is_ready(platform):
    assert platform.service(NAME).is_ready()
    assert platform.dead() == {}


def test_a_second_platform_on_the_same_data_is_refused(platform):
    second = Platform(platform.home, Ports.free(), names=[NAME])

    with pytest.raises(Trouble, match=r"already runs on .*make down"):
        second.start()

    assert platform.service(NAME).is_ready()


def test_a_killed_service_is_named_with_its_log_and_comes_back(platform):
    service = platform.service(NAME)

    service.kill()
    assert platform.dead() == {NAME: service.log}
    service.start()

    assert platform.dead() == {}


def test_the_doctor_finds_nothing_wrong_with_a_healthy_platform(platform):
    findings = list(examine(platform))

    assert [str(finding) for finding in findings if finding.mend] == []
    told = [finding.what for finding in findings]
    assert "NATS: sync_always is true" in told
    assert "PostgreSQL: every role enters its own database alone" in told
    assert f"{NAME} is ready" in told


def test_the_doctor_finds_a_role_that_may_too_much(platform):
    platform.postgres.query("grant connect on database matching to intake")

    findings = [str(finding) for finding in examine(platform)]

    platform.postgres.query("revoke connect on database matching from intake")
    assert any(line.startswith("bad  PostgreSQL: intake enters matching") for line in findings)


def test_the_doctor_names_a_service_that_does_not_answer(platform):
    platform.service(NAME).kill()

    findings = [str(finding) for finding in examine(platform)]

    platform.service(NAME).start()
    assert any(line.startswith(f"bad  {NAME} is not ready; mend: see ") for line in findings)


def test_time_passes_for_whoever_asks_for_it(platform):
    before = datetime.now(UTC).date()

    said = run("local.clock", platform.home, "7d")

    told = said.stdout.removeprefix("ok   for all services it is ").removesuffix(" UTC\n")
    moved = datetime.strptime(told, "%A %d %B %Y, %H:%M").replace(tzinfo=UTC).date()
    # It may be past midnight since.
    assert timedelta(days=7) <= moved - before <= timedelta(days=8)


def test_a_span_that_is_none_is_told_with_those_that_are(platform):
    said = run("local.clock", platform.home, "soon")

    assert said.returncode == 1
    assert "say how far: 90s, 15m, 6h, 7d or 4w" in said.stderr


def test_there_is_no_time_where_nothing_runs(tmp_path):
    said = run("local.clock", tmp_path)

    assert said.stderr == f"bad  nothing runs on {tmp_path}; mend: `make up` in another terminal\n"


def test_it_goes_on_with_its_data_and_leaves_nobody_behind(home, platform):
    keep = "create table kept (word text); insert into kept values ('here')"
    platform.postgres.query(keep, role=NAME)

    platform.stop()
    assert processes_with(str(platform.postgres.home.resolve())) == []
    assert holder(home / LOCK) is None
    platform.start()

    assert platform.postgres.query("select word from kept", role=NAME) == ["here"]


def test_a_busy_port_is_one_line_with_the_mend_and_nothing_is_left(tmp_path):
    with socket.create_server((HOST, 0)) as somebody_else:
        taken = somebody_else.getsockname()[1]

        said = run("local.up", tmp_path, "--ports", str(taken - 8), NAME)

    throw_away(tmp_path)
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1].startswith("bad  port ")
    assert "mend: free it, or set BINOME_" in said.stderr
    assert "Traceback" not in said.stderr


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A platform that `make up` started in another process, and what it said until it was ready."""

    process: subprocess.Popen[str]
    home: Path
    ports: Ports
    said: str


@pytest.fixture
def started(tmp_path):
    ports = Ports.counted_from(Ports.free().portal)
    options = ["--data", tmp_path, "--ports", str(ports.portal), NAME]
    with subprocess.Popen(
        [sys.executable, "-m", "local.up", *options],
        env={"PYTHONPATH": PYTHON_PATH, "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        said = "".join(takewhile(lambda line: "Ctrl-C" not in line, process.stdout))
        yield Started(process=process, home=tmp_path, ports=ports, said=said)
        process.terminate()
    throw_away(tmp_path)


def nobody_listens(ports):
    return not any(is_busy(getattr(ports, name)) for name in ("nats", "postgres", NAME))


def test_make_down_stops_what_make_up_started(started):
    assert f"{NAME} is ready" in started.said

    said = run("local.down", started.home)

    assert said.stdout == "ok   stopped; what was done is kept\n"
    assert started.process.wait(10) == 0
    assert nobody_listens(started.ports)


def test_nobody_outlives_a_make_up_that_was_killed(started):
    family = descendants(started.process.pid)
    assert len(family) > 3

    started.process.kill()
    started.process.wait()

    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))


def test_a_service_that_dies_is_said_in_one_line(started):
    [victim] = [
        pid for pid in processes_with("common.serve") if parent_of(pid) == started.process.pid
    ]

    os.kill(victim, signal.SIGKILL)

    line = started.process.stdout.readline()
    assert line.startswith(f"bad  {NAME} died: ")
    assert f"see {started.home}/logs/{NAME}.log, then `make up` again" in line


def descendants(pid):
    """Everybody below a process, whichever of its threads started them."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = {int(child) for task in tasks for child in task.read_text().split()}
    return children.union(*map(descendants, children))


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_make_down_with_nothing_to_stop_says_so(tmp_path):
    said = run("local.down", tmp_path)

    assert said.stdout == f"ok   nothing runs on {tmp_path}\n"
    assert said.returncode == 0
