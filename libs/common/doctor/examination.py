"""One look after the other; what cannot be asked is a finding too, and hides no other."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import nats.errors
from sqlalchemy.exc import DBAPIError

from common import database
from common.broker import BrokerUnavailable, Connection, NotLetIn, connect, monitored
from common.doctor import Finding, Look, Patient, broker, clock, keys, postgres
from common.settings import Settings

# What is the same whoever asks, and what each service has of its own.
OF_ALL: tuple[Look, ...] = (
    postgres.durability,
    broker.durability,
    broker.store,
    broker.copies,
    clock.clocks,
    clock.simulated,
)
OF_ONE: tuple[Look, ...] = (
    postgres.role,
    broker.user,
    broker.consumer,
    keys.sizes,
    keys.opened,
    keys.in_the_bucket,
)
WITHOUT_NATS = (postgres.durability, postgres.role, keys.sizes, keys.opened)
AWAY = (BrokerUnavailable, NotLetIn, DBAPIError, OSError, nats.errors.Error)


async def examine(
    service: str, settings: Settings, given: str | None, looks: Iterable[Look] = OF_ALL + OF_ONE
) -> AsyncIterator[Finding]:
    async with AsyncExitStack() as leaving:
        engine = database.connect(str(settings.database_url), pool_size=2)
        leaving.push_async_callback(engine.dispose)
        connection, told = Connection(), dict[str, Any]()
        try:
            asked_at = datetime.now(UTC).isoformat()
            told = await monitored(str(settings.nats_monitoring_url)) | {"asked_at": asked_at}
            connection = await connect(str(settings.nats_url), service)
            leaving.push_async_callback(connection.close)
        except AWAY as error:
            mend = "start NATS, or mend NATS_URL and NATS_MONITORING_URL"
            yield Finding(f"{service} cannot ask NATS: {said(error)}", mend)
            looks = [each for each in looks if each in WITHOUT_NATS]
        patient = Patient(
            service=service,
            settings=settings,
            keys=given,
            engine=engine,
            connection=connection,
            nats=told,
        )
        for look in looks:
            async for finding in tried(look, patient):
                yield finding


async def tried(look: Look, patient: Patient) -> AsyncIterator[Finding]:
    try:
        async for finding in look(patient):
            yield finding
    except AWAY as error:
        server = "PostgreSQL" if look in WITHOUT_NATS else "NATS"
        told = f"{patient.service} cannot ask {server} ({look.__name__}): {said(error)}"
        yield Finding(told, f"see whether {server} runs, and who may ask it")


def said(error: Exception) -> str:
    """Tell an error in few words, without what a driver would add of its own."""
    told = str(getattr(error, "orig", error)) or type(error).__name__
    return told.splitlines()[0][:200]
