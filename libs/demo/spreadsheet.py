"""Lists that associations keep in spreadsheets: brought as they are, wrong rows among the good."""

import csv
import io
from datetime import date
from typing import Any

from demo.cast import Young
from demo.places import communes
from demo.world import Association, Case, World, until

# The days of the year from which on the lists of that time are brought.
BROUGHT_ON = (18, 50, 110, 200)
HEADINGS = {
    "Prénom": "given_name",
    "Nom": "family_name",
    "Date de naissance": "birth_date",
    "Genre": "gender",
    "Adresse mail": "email",
    "Code INSEE": "commune",
    "Axe": "axis",
    "Classe ou niveau": "level",
    "Besoins": "needs",
    "Langues parlées": "languages",
    "Loisirs": "hobbies",
    "Modalités": "modalities",
    "Distance maximale (km)": "reach_km",
    "Équipement numérique": "digital",
    "Publics prioritaires": "publics",
}
GUARDIAN = {
    "Prénom du responsable légal": "given_name",
    "Nom du responsable légal": "family_name",
    "Mail du responsable légal": "email",
    "Téléphone du responsable légal": "phone",
}
# What goes wrong in lists: a town that is none, a day that is none, a child without a guardian.
MISTAKES = (
    {"Code INSEE": "99999"},
    {"Date de naissance": "31/02/2012"},
    {"Date de naissance": "12/05/2014", **dict.fromkeys(GUARDIAN, "")},
)
MISTAKES_IN_A_LIST = 2
HEADING_LINES = 2


def list_of(world: World, association: Association) -> list[Case]:
    """Take the young people of whom a list is due by now."""
    by = max((day for day in BROUGHT_ON if day <= world.day), default=-1)
    return [
        case
        for case in world.cases
        if case.stage == "to_come"
        and case.young.house is association.house
        and case.young.door == "spreadsheet"
        and case.young.comes_on <= by
    ]


async def bring_lists(world: World) -> None:
    """Bring every list that is due; they are entered in the order in which they came."""
    for association in world.associations.values():
        if cases := list_of(world, association):
            await bring(world, association, cases)


async def bring(world: World, association: Association, cases: list[Case]) -> None:
    coordinator = association.coordinator
    content = written(world, association, cases)
    told = await coordinator.upload(
        "intake",
        "/imports",
        ("orientations.csv", content),
        kind="referrals",
        association_id=association.id,
    )
    path = f"/imports/{told['id']}"
    await coordinator.post("intake", f"{path}/commit", {})
    await until(world, coordinator, "intake", path, "committed")
    lines = await coordinator.read_all("intake", f"{path}/rows", page=1000, by="line")
    note(world, cases, {each["line"]: each for each in lines})


def note(world: World, cases: list[Case], lines: dict[int, dict[str, Any]]) -> None:
    """Know the referral of each good row; the good ones stand first in our lists."""
    world.deeds["rows imported"] += sum(each["state"] == "entered" for each in lines.values())
    world.deeds["rows refused"] += sum(each["state"] == "wrong" for each in lines.values())
    for line, case in enumerate(cases, HEADING_LINES):
        entered = lines[line]["id"]
        case.stage, case.since = ("submitted" if entered else "refused"), world.step
        case.id = entered or ""


def written(world: World, association: Association, cases: list[Case]) -> bytes:
    """Write a list as its association's program does: after all these years, not all in UTF-8."""
    rows = [row_of(case.young) for case in cases]
    wrong = world.chance.about("mistakes", association.house.key, world.step)
    rows += [rows[0] | each for each in wrong.sample(MISTAKES, MISTAKES_IN_A_LIST)]
    is_old = association.house.key in {"afev", "rural"}
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), delimiter=";" if is_old else ",")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode("cp1252" if is_old else "utf-8", errors="replace")


def row_of(young: Young) -> dict[str, str]:
    answers = dict(young.form) | {
        "given_name": young.given_name,
        "family_name": young.family_name,
        "email": young.address,
        "commune": communes()[young.form["commune"]].code,
        "birth_date": date.fromisoformat(young.form["birth_date"]).strftime("%d/%m/%Y"),
    }
    guardian = young.form["guardian"] or {}
    return {heading: cell(answers[field]) for heading, field in HEADINGS.items()} | {
        heading: cell(guardian.get(field)) for heading, field in GUARDIAN.items()
    }


def cell(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(value)
    return "" if value is None else str(value)
