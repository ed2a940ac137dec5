"""A store that events have filled still has room to erase a key."""

from uuid import uuid4

import pytest

from common import topology
from common.broker import (
    BrokerUnavailable,
    Message,
    connect,
    publish_batch,
)
from common.key_bucket import KeyBucket
from common.server import Server, configuration
from common.vault import ERASED
from local.ports import free_ports
from tests.common.bare_nats import running


async def test_a_key_can_be_erased_although_the_events_have_filled_the_store(small_store):
    connection = await connect(small_store, "operator")
    await topology.declare(small_store, {})
    bucket, zoe = KeyBucket(connection), uuid4()
    await bucket.put({zoe: b"wrapped"})
    with pytest.raises(BrokerUnavailable):
        await fill(connection)
    await bucket.put({zoe: ERASED})
    assert await bucket.read([zoe]) == {zoe: ERASED}
    await connection.close()


@pytest.fixture
def small_store(tmp_path, secrets):
    """Run a server with a store of four mebibytes, and give the operator's address."""
    port, monitoring = free_ports(2)
    server = Server(
        store_dir=tmp_path,
        port=port,
        monitoring_port=monitoring,
        max_file_store=4 * 1024**2,
        local=True,
    )
    path = tmp_path / "nats.conf"
    path.write_text(configuration(server, secrets.nats))
    with running(["-c", str(path)], monitoring):
        yield f"nats://operator:{secrets.nats['operator']}@127.0.0.1:{port}"


async def fill(connection):
    for number in range(10_000):
        lot = Message(subject="events.x", id=f"{number}", payload=bytes(10_000), headers={})
        await publish_batch(connection, [lot])
