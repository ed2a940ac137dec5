"""Ten thousand events wait for a service that was away: how long until it has heard them all?"""

import asyncio
import csv
import io
import time

from tests.faults.drills.drill import Harm
from tests.faults.trial import Trial
from tests.faults.village import known

LATE = "reporting"
ROWS, EVENTS_OF_A_ROW = 3_400, 3
PAGE = 1000
PATIENCE_SECONDS = 120
COMMITTED = "committed"
HEADINGS = ("Nom", "Prénom", "Courriel", "Date de naissance", "CP", "Ville", "Modalités")


async def drained(trial: Trial) -> Harm:
    """Stop a service, bring a list of mentors, and start it when all that was said waits for it."""
    await trial.rest()
    service = trial.platform.service(LATE)
    await asyncio.to_thread(service.stop)
    entered = await bring(trial)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await outbox(trial, "intake"):  # noqa: ASYNC110 -- in another process
            await asyncio.sleep(0.1)
    trial.restart(LATE)
    await trial.ready(LATE)
    since = time.monotonic()
    await trial.doors.settle(patience=PATIENCE_SECONDS)
    seconds = time.monotonic() - since
    told = f"{entered * EVENTS_OF_A_ROW} events are heard in {seconds:.1f} s, once it is ready"
    return Harm(back_after=[seconds], told=[told])


async def bring(trial: Trial) -> int:
    """Bring a spreadsheet of mentors, as associations do; note each of them."""
    coordinator, association = trial.village.coordinator, trial.village.association_id
    file = ("mentors.csv", spreadsheet(trial))
    brought = await coordinator.upload(
        "intake", "/imports", file, kind="mentors", association_id=association
    )
    path = f"/imports/{brought['id']}"
    await trial.ledger.command(coordinator, "intake", f"{path}/commit", {})
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await coordinator.get("intake", path))["state"] != COMMITTED:
            await asyncio.sleep(0.1)
    entered = 0
    for after in range(0, ROWS + 1, PAGE):
        for row in await coordinator.get("intake", f"{path}/rows", limit=PAGE, after=after):
            trial.ledger.note(*known(row["id"]), ("intake.mentor_applied", row["id"]))
            entered += 1
    return entered


def spreadsheet(trial: Trial) -> bytes:
    people = (trial.village.person() for _ in range(ROWS))
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEADINGS)
    lines.writerows(
        (each["family_name"], each["given_name"], each["email"])
        + ("02/01/1983", "29200", "Brest", "en ligne")
        for each in people
    )
    return text.getvalue().encode()


async def outbox(trial: Trial, service: str) -> int:
    clock = (await trial.doors.http.get(f"{trial.platform.url(service)}/clock")).json()
    return int(clock["outbox"])
