"""Ten thousand events wait for a service that was away: how soon it has heard them all."""

import asyncio
import csv
import io
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from tests.faults.audit import rows
from tests.faults.drills.drill import Harm
from tests.faults.trial import Trial
from tests.faults.village import Village, known

LATE = "reporting"
ROWS, EVENTS_OF_A_ROW = 1_700, 6
PATIENCE_SECONDS = 180
LOOK_SECONDS = 0.05
BORN = f"01/01/{datetime.now(UTC).year - 14}"
# What a list of young people says, as associations write it.
SAID = {
    "Date de naissance": BORN,
    "Ville": "Brest",
    "Code postal": "29200",
    "Axe": "education",
    "Classe ou niveau": "3e",
    "Besoins": "school_work",
    "Langues parlées": "fr",
    "Modalités": "remote",
}
CASES = "select id, mentee_id, guardian_id from referrals where door = 'spreadsheet'"


async def drained(trial: Trial) -> Harm:
    """Stop a service, bring a list of young people, and start it when all waits for it."""
    await trial.rest()
    await asyncio.to_thread(trial.platform.service(LATE).stop)
    entered = await bring(trial)
    await until(lambda: nothing(trial, "intake", "outbox"))
    trial.restart(LATE)
    await trial.ready(LATE)
    since = time.monotonic()
    await until(lambda: nothing(trial, LATE, "pending"))
    seconds = time.monotonic() - since
    # The others have heard as much meanwhile, and may still be at it.
    await trial.doors.settle(patience=PATIENCE_SECONDS)
    told = f"{entered * EVENTS_OF_A_ROW} events are heard in {seconds:.1f} s, once it is ready"
    return Harm(back_after=[seconds], told=[told])


async def bring(trial: Trial) -> int:
    """Bring a spreadsheet of referrals, as associations do; note each of them."""
    coordinator, association = trial.village.coordinator, trial.village.association_id
    file = ("orientations.csv", spreadsheet(trial.village))
    brought = await coordinator.upload(
        "intake", "/imports", file, kind="referrals", association_id=association
    )
    path = f"/imports/{brought['id']}"
    await trial.ledger.command(coordinator, "intake", f"{path}/commit", {})

    async def committed() -> bool:
        return bool((await coordinator.get("intake", path))["state"] == "committed")

    await until(committed)
    cases = await rows(trial.platform, "intake", CASES)
    for referral, mentee, guardian in (map(str, case) for case in cases):
        submitted, named = "intake.referral_submitted", "intake.guardian_named"
        trial.ledger.note(*known(mentee), *known(guardian), (submitted, referral), (named, mentee))
    return len(cases)


def spreadsheet(village: Village) -> bytes:
    text = io.StringIO()
    lines = csv.DictWriter(text, [*name_of(village.person()), *SAID, *guardian_of(village)])
    lines.writeheader()
    for _ in range(ROWS):
        lines.writerow(name_of(village.person()) | SAID | guardian_of(village))
    return text.getvalue().encode()


def name_of(person: dict[str, str]) -> dict[str, str]:
    return {
        "Prénom": person["given_name"],
        "Nom": person["family_name"],
        "Adresse mail": person["email"],
    }


def guardian_of(village: Village) -> dict[str, str]:
    person = name_of(village.person())
    mail = {"Mail du responsable légal": person.pop("Adresse mail")}
    return {f"{heading} du responsable légal": cell for heading, cell in person.items()} | mail


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await is_so():
            await asyncio.sleep(LOOK_SECONDS)


async def nothing(trial: Trial, service: str, depth: str) -> bool:
    """Tell whether nothing lies before a service: to be published, or to be heard."""
    clock = (await trial.doors.http.get(f"{trial.platform.url(service)}/clock")).json()
    return bool(clock[depth] == 0)
