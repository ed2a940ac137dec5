"""Make NATS as it is declared: once per deployment, and again whenever the declaration changes.

`python -m common.topology declare intake matching …` needs NATS_URL with the operator's password,
and STREAM_REPLICAS where several servers make a cluster; with `--narrow`, when one release is left,
consumers no longer hear what only another one did;
`python -m common.topology config` prints the server's configuration.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

from nats.errors import NoServersError
from nats.errors import TimeoutError as NoAnswer
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, ConsumerInfo, StreamConfig
from nats.js.errors import NotFoundError, ServiceUnavailableError

from common.broker import BrokerUnavailable, connect
from common.server import FILE_STORE, OPERATOR, USERS, Server, configuration
from common.settings import setting
from common.streams import EVENTS_STREAM, STREAMS, consumer

# What the events leave free, so that a key can still be erased when they have filled the store.
EVENTS_SHARE = 0.75
# What a cluster of NATS can vote on.
REPLICAS = ("1", "3", "5")
# A server that was started together with us reads a large store first; a cluster votes first.
NOT_YET = (BrokerUnavailable, NoServersError, NoAnswer, ServiceUnavailableError)
BETWEEN_TRIES = 0.5


async def declare(
    nats_url: str, heard: Mapping[str, list[str]], *, replicas: int = 1, narrow: bool = False
) -> list[str]:
    """Create or correct whatever differs from the declaration; tell what was done, line by line.

    What a consumer hears for another release it goes on to hear, unless it is to be narrowed: what
    waits for that release would be lost.
    """
    connection = await connect(nats_url, OPERATOR)
    try:
        jetstream = connection.jetstream(timeout=10)
        wanted = [each.evolve(num_replicas=replicas) for each in STREAMS]
        streams = [await _declare_stream(jetstream, each) for each in wanted]
        return streams + await _declare_consumers(jetstream, heard, narrow=narrow)
    finally:
        await connection.close()


def heard_by(services: Iterable[str]) -> dict[str, list[str]]:
    """Ask the consumers of each service what they hear: nobody has to write it twice."""
    return {name: list(import_module(f"{name}.consumers").router.subjects) for name in services}


async def _declare_stream(jetstream: JetStreamContext, declared: StreamConfig) -> str:
    wanted = await _within_limits(jetstream, declared)
    name = str(wanted.name)
    try:
        found = (await jetstream.stream_info(name)).config
    except NotFoundError:
        await jetstream.add_stream(wanted)
        return f"stream {name}: created"
    changed = _differences(wanted, found)
    if changed:
        await jetstream.update_stream(wanted)
    return f"stream {name}: {_told(changed)}"


async def _within_limits(jetstream: JetStreamContext, declared: StreamConfig) -> StreamConfig:
    limit = (await jetstream.account_info()).limits.max_storage
    if declared.name != EVENTS_STREAM or limit <= 0:
        return declared
    # The limit is that of all copies together.
    return declared.evolve(max_bytes=int(limit * EVENTS_SHARE) // (declared.num_replicas or 1))


async def _declare_consumers(
    jetstream: JetStreamContext, heard: Mapping[str, list[str]], *, narrow: bool
) -> list[str]:
    found = {each.name: each for each in await jetstream.consumers_info(EVENTS_STREAM)}
    told = []
    for service, subjects in heard.items():
        # No filter would mean everything: who hears nothing has no consumer.
        if subjects:
            wanted = consumer(service, subjects)
            known = found.pop(service, None)
            others = [] if narrow or not known else _heard_besides(wanted, known)
            told.append(await _declare_consumer(jetstream, wanted, known, others))
    # The others may be declared on their own, each from its own image.
    lost = [name for name in found if name not in USERS]
    return told + [
        f"consumer {name}: nobody declares it any more, remove it by hand" for name in lost
    ]


def _heard_besides(wanted: ConsumerConfig, found: ConsumerInfo) -> list[str]:
    return sorted(set(found.config.filter_subjects or ()) - set(wanted.filter_subjects or ()))


async def _declare_consumer(
    jetstream: JetStreamContext,
    wanted: ConsumerConfig,
    found: ConsumerInfo | None,
    others: list[str],
) -> str:
    wanted = wanted.evolve(filter_subjects=sorted([*(wanted.filter_subjects or ()), *others]))
    changed = _differences(wanted, found.config) if found else []
    if changed or not found:
        await jetstream.add_consumer(EVENTS_STREAM, wanted)
    if not found:
        return f"consumer {wanted.name}: created"
    new = set(wanted.filter_subjects or ()) - set(found.config.filter_subjects or ())
    # The server does not go back: what was said before on a subject that is new here is not heard.
    missed = f"; rebuild it to hear what was said before on {', '.join(sorted(new))}" if new else ""
    kept = f"; hears {', '.join(others)} for another release, until --narrow" if others else ""
    return f"consumer {wanted.name}: {_told(changed)}{missed}{kept}"


def _differences(
    wanted: StreamConfig | ConsumerConfig, found: StreamConfig | ConsumerConfig
) -> list[str]:
    there = found.as_dict()
    declared = ((name, value) for name, value in wanted.as_dict().items() if value is not None)
    return [name for name, value in declared if there.get(name) != value]


def _told(changed: list[str]) -> str:
    return f"corrected ({', '.join(changed)})" if changed else "as declared"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m common.topology", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    declaring = commands.add_parser("declare")
    declaring.add_argument("services", nargs="*")
    declaring.add_argument("--patience", type=float, default=0, metavar="SECONDS")
    declaring.add_argument("--narrow", action="store_true")
    config = commands.add_parser("config")
    config.add_argument("--store-dir", type=Path, default=Path("/data"))
    config.add_argument("--host", default="0.0.0.0")  # noqa: S104 (the inside of a container)
    config.add_argument("--max-file-store", type=int, default=FILE_STORE)
    config.add_argument("--servers", type=int, default=1)
    asked = parser.parse_args(arguments)
    if asked.command == "config":
        del asked.command
        sys.stdout.write(configuration(Server(**vars(asked))))
        return 0
    return asyncio.run(_declare(asked))


async def _declare(asked: argparse.Namespace) -> int:
    url, heard = setting("NATS_URL"), heard_by(asked.services)
    replicas = os.environ.get("STREAM_REPLICAS") or "1"
    if replicas not in REPLICAS:
        allowed = ", ".join(REPLICAS)
        sys.stderr.write(f"STREAM_REPLICAS is wrong: must be one of {allowed}; for example: 3\n")
        return 2
    until = time.monotonic() + asked.patience
    while True:
        try:
            lines = await declare(url, heard, replicas=int(replicas), narrow=asked.narrow)
        except NOT_YET as error:
            if time.monotonic() > until:
                sys.stderr.write(f"NATS does not do it yet: {error}; for example: --patience 60\n")
                return 1
            await asyncio.sleep(BETWEEN_TRIES)
        else:
            sys.stdout.writelines(f"{line}\n" for line in lines)
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
