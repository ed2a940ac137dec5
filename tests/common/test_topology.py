"""The declaration is the truth: whatever differs from it on the server is corrected, and told."""

import sys
import threading

import pytest

from common import topology
from common.server import FILE_STORE
from tests import servers
from tests.common.conftest import HEARD


async def declare(nats, heard=HEARD):
    return await topology.declare(nats.url("operator"), heard)


async def test_everything_is_created_and_the_second_time_nothing_is_to_be_done(fresh_nats):
    created = await declare(fresh_nats)
    assert [line for line in created if not line.endswith(": created")] == []
    assert len(created) == 3 + len(HEARD)
    assert [line for line in await declare(fresh_nats) if not line.endswith(": as declared")] == []


async def test_events_are_kept_400_days_and_a_full_store_says_no(declared):
    config = (await declared.stream_info("events")).config
    assert config.subjects == ["events.>"]
    assert config.max_age == 400 * 24 * 3600
    assert config.duplicate_window == 600
    assert (config.discard, config.storage) == ("new", "file")
    assert config.max_bytes == FILE_STORE * 3 // 4
    assert config.allow_atomic
    assert config.deny_purge
    assert not config.deny_delete


async def test_a_consumer_hears_what_its_service_hears(declared):
    config = (await declared.consumer_info("events", "matching")).config
    assert config.filter_subjects == sorted(HEARD["matching"])
    assert (config.ack_policy, config.ack_wait) == ("explicit", 6)
    assert (config.max_ack_pending, config.max_deliver) == (1000, 50)


async def test_a_changed_stream_is_corrected(declared, fresh_nats):
    config = (await declared.stream_info("events")).config
    await declared.update_stream(config.evolve(max_age=60.0, duplicate_window=30.0))
    assert "stream events: corrected (max_age, duplicate_window)" in await declare(fresh_nats)
    assert (await declared.stream_info("events")).config.max_age == 400 * 24 * 3600


async def test_a_service_that_hears_more_is_corrected_and_told_to_be_rebuilt(declared, fresh_nats):
    more = {**HEARD, "followup": [*HEARD["followup"], "events.training.mentor_ready.v1"]}
    [line] = [line for line in await declare(fresh_nats, more) if "followup" in line]
    assert line.startswith("consumer followup: corrected (filter_subjects); rebuild it to hear")
    assert line.endswith("events.training.mentor_ready.v1")
    config = (await declared.consumer_info("events", "followup")).config
    assert config.filter_subjects == sorted(more["followup"])


async def test_what_a_consumer_hears_for_another_release_it_hears_until_it_is_narrowed(
    declared, fresh_nats
):
    newer = "events.training.mentor_ready.v1"
    await declare(fresh_nats, {**HEARD, "followup": [*HEARD["followup"], newer]})
    [line] = [line for line in await declare(fresh_nats) if "followup" in line]
    assert (
        line == f"consumer followup: as declared; hears {newer} for another release, until --narrow"
    )
    await topology.declare(fresh_nats.url("operator"), HEARD, narrow=True)
    assert (await declared.consumer_info("events", "followup")).config.filter_subjects == [
        *HEARD["followup"]
    ]


async def test_a_consumer_keeps_its_place_when_it_is_corrected(declared, fresh_nats):
    await declared.publish("events.intake.mentor_approved.v1", b"once")
    pulling = await declared.pull_subscribe_bind("training", "events")
    [heard] = await pulling.fetch(1, timeout=1)
    await heard.ack_sync()
    more = {**HEARD, "training": [*HEARD["training"], "events.intake.mentor_left.v1"]}
    await declare(fresh_nats, more)
    assert (await declared.consumer_info("events", "training")).num_pending == 0


async def test_a_consumer_that_nobody_declares_is_told_and_left_alone(declared, fresh_nats):
    await declare(fresh_nats, {**HEARD, "archive": ["events.>"]})
    told = await declare(fresh_nats)
    assert "consumer archive: nobody declares it any more, remove it by hand" in told
    assert await declared.consumer_info("events", "archive")


async def test_each_service_may_be_declared_on_its_own_without_a_word_on_the_others(fresh_nats):
    await declare(fresh_nats)
    told = await declare(fresh_nats, {"intake": HEARD["intake"]})
    assert [line for line in told if "consumer" in line] == ["consumer intake: as declared"]


async def test_who_hears_nothing_gets_no_consumer_rather_than_everything(fresh_nats):
    assert not [line for line in await declare(fresh_nats, {"intake": []}) if "consumer" in line]


def test_what_a_service_hears_is_asked_of_its_consumers(tmp_path, monkeypatch):
    package = tmp_path / "listener"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "consumers.py").write_text("class router:\n    subjects = ('events.a.b.v1',)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert topology.heard_by(["listener"]) == {"listener": ["events.a.b.v1"]}
    for name in ("listener", "listener.consumers"):
        sys.modules.pop(name)


def test_a_missing_address_is_told_in_one_line(monkeypatch, capsys):
    monkeypatch.delenv("NATS_URL", raising=False)
    with pytest.raises(SystemExit) as stopped:
        topology.main(["declare"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("NATS_URL is not set; for example: ")


@pytest.mark.parametrize("wrong", ["2", "three", "0"])
def test_a_number_of_replicas_that_cannot_vote_is_told_in_one_line(monkeypatch, capsys, wrong):
    monkeypatch.setenv("NATS_URL", "nats://operator@127.0.0.1:1")
    monkeypatch.setenv("STREAM_REPLICAS", wrong)
    assert topology.main(["declare"]) == 2
    assert capsys.readouterr().err == (
        "STREAM_REPLICAS is wrong: must be one of 1, 3, 5; for example: 3\n"
    )


def test_a_server_that_starts_later_is_waited_for(tmp_path, secrets, monkeypatch, capsys):
    server = servers.nats_in(tmp_path, secrets)
    monkeypatch.setenv("NATS_URL", server.url("operator"))
    late = threading.Timer(1.0, server.start)
    late.start()
    try:
        assert topology.main(["declare", "--patience", "20"]) == 0
    finally:
        late.join()
        server.stop()
    assert "stream events: created" in capsys.readouterr().out


def test_an_unknown_command_is_refused():
    with pytest.raises(SystemExit):
        topology.main(["destroy"])
