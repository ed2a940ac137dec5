"""Everything that exists on NATS, declared here once: streams, buckets, consumers, users.

`python -m common.topology declare intake matching …` makes the server so, once per deployment;
`python -m common.topology config` prints the server's configuration.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    StorageType,
    StreamConfig,
)

EVENTS = StreamConfig(
    name="events",
    subjects=["events.>"],
    storage=StorageType.FILE,
    max_age=timedelta(days=400).total_seconds(),
    duplicate_window=timedelta(minutes=10).total_seconds(),
    # A full store says no, and what was said before stays.
    discard=DiscardPolicy.NEW,
    allow_atomic=True,
    allow_direct=True,
    deny_purge=True,
)


def bucket(name: str) -> StreamConfig:
    """Declare a key/value bucket whose values can be overwritten on disk, one by one."""
    # No client's own `create_key_value`: it denies the deletion of single messages,
    # and only that overwrites what was on the disk.
    return StreamConfig(
        name=f"KV_{name}",
        subjects=[f"$KV.{name}.>"],
        storage=StorageType.FILE,
        max_msgs_per_subject=1,
        discard=DiscardPolicy.NEW,
        allow_atomic=True,
        allow_direct=True,
        allow_rollup_hdrs=False,
        deny_delete=False,
        deny_purge=True,
    )


KEYS = bucket("keys")
CLOCK = bucket("clock")


def consumer(service: str, subjects: list[str]) -> ConsumerConfig:
    """Describe the one durable of a service: what its `consumers.router` hears, in order."""
    return ConsumerConfig(
        name=service,
        durable_name=service,
        filter_subjects=sorted(subjects),
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=30,
        max_ack_pending=1000,
        # The service itself gives up long before, and keeps what it gave up on.
        max_deliver=50,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What a NATS user may do beside announcing its own events and hearing what it listens to."""

    keys: Literal["none", "read", "write"] = "none"


# Who may read a key is a fact of the deployment, decided in one place that is easy to audit:
# a service cannot give itself a right by changing its own code.
USERS = {
    "intake": Rights(keys="write"),
    "matching": Rights(keys="none"),
    "followup": Rights(keys="read"),
    "training": Rights(keys="read"),
    "reporting": Rights(keys="none"),
    "portal": Rights(keys="read"),
}
OPERATOR = "operator"
