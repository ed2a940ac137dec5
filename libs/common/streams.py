"""What is kept on NATS: one stream of events, one bucket of keys, one clock."""

from datetime import timedelta

from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    StorageType,
    StreamConfig,
)

EVENTS_STREAM = "events"
KEYS_STREAM, KEYS_SUBJECT = "KV_keys", "$KV.keys"
CLOCK_STREAM, CLOCK_SUBJECT = "KV_clock", "$KV.clock"

EVENTS = StreamConfig(
    name=EVENTS_STREAM,
    subjects=[f"{EVENTS_STREAM}.>"],
    storage=StorageType.FILE,
    max_age=timedelta(days=400).total_seconds(),
    duplicate_window=timedelta(minutes=10).total_seconds(),
    # A full store says no, and what was said before stays.
    discard=DiscardPolicy.NEW,
    allow_atomic=True,
    allow_direct=True,
    # One message may be overwritten on the disk; the whole may not be swept away.
    deny_delete=False,
    deny_purge=True,
)


def bucket(stream: str, subject: str) -> StreamConfig:
    """Declare a key/value bucket whose values can be overwritten on disk, one by one.

    Not by a client's own `create_key_value`: that denies deleting a single message,
    which is the only thing that destroys what is on the disk.
    """
    return StreamConfig(
        name=stream,
        subjects=[f"{subject}.>"],
        storage=StorageType.FILE,
        max_msgs_per_subject=1,
        duplicate_window=timedelta(minutes=2).total_seconds(),
        discard=DiscardPolicy.NEW,
        allow_atomic=True,
        allow_direct=True,
        deny_delete=False,
        deny_purge=True,
    )


STREAMS = (EVENTS, bucket(KEYS_STREAM, KEYS_SUBJECT), bucket(CLOCK_STREAM, CLOCK_SUBJECT))


def consumer(service: str, subjects: list[str]) -> ConsumerConfig:
    """Describe the one durable of a service: what it hears, pulled and acknowledged one by one."""
    return ConsumerConfig(
        name=service,
        durable_name=service,
        filter_subjects=sorted(subjects),
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        # How long a service that was killed is missed; one that works says so three times as often.
        ack_wait=6,
        max_ack_pending=1000,
        # The service itself gives up long before, and keeps what it gave up on.
        max_deliver=50,
    )
