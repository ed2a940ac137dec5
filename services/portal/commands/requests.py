"""What people fill in to ask for a mentor or to be one, in the shape that intake reads."""

from collections.abc import Mapping
from typing import Any

from portal.forms import Filled

LISTS = (
    "needs",
    "supports",
    "sectors",
    "functions",
    "languages",
    "hobbies",
    "expectations",
    "modalities",
    "publics",
)
WORDS = (
    "given_name",
    "family_name",
    "email",
    "phone",
    "birth_date",
    "age_band",
    "gender",
    "commune",
    "axis",
    "level",
    "digital",
    "mother_tongue",
    "motivation",
    "motivation_text",
    "expectations_text",
    "other_schemes",
    "notes",
    "offer_id",
    "association_id",
)
# Parts of the day, as the hours of the week that intake counts from Monday at midnight.
PARTS = {"morning": range(8, 12), "afternoon": range(13, 17), "evening": range(17, 21)}
DAYS = 7
HOURS = 24


def slots(form: Filled) -> list[int]:
    """Read the parts of days that were ticked: `2-evening` is Wednesday from 17 to 21."""
    ticked = {f"{day}-{part}": (day, part) for day in range(DAYS) for part in PARTS}
    chosen = [ticked[each] for each in form.many("slots") if each in ticked]
    return sorted(day * HOURS + hour for day, part in chosen for hour in PARTS[part])


def asked(form: Filled, language: str) -> dict[str, Any]:
    """Put together what both mentees and mentors are asked, without what was left empty."""
    words = {name: form.given(name) for name in WORDS}
    lists = {name: form.many(name) for name in LISTS}
    return {
        "language": language,
        **form.only(
            **words,
            **lists,
            priority_district=form.said("priority_district"),
            reach_km=form.number("reach_km"),
            slots=slots(form),
        ),
    }


def referral(form: Filled, language: str) -> Mapping[str, Any]:
    guardian = {
        name: form.given(f"guardian.{name}")
        for name in ("given_name", "family_name", "email", "phone")
    }
    named = form.only(**guardian)
    body = asked(form, language) | form.only(minutes_a_month=form.number("minutes_a_month"))
    if named:
        body["guardian"] = named
    if form.flag("experience_wanted"):
        body["experience_wanted"] = True
    return body


def mentor(form: Filled, language: str) -> Mapping[str, Any]:
    association_id, _, programme_id = form.text("programme").partition("/")
    lists = form.only(**{name: form.many(name) for name in ("axes", "levels", "settings")})
    return {
        **asked(form, language),
        **lists,
        **form.only(capacity=form.number("capacity")),
        "association_id": association_id,
        "programme_ids": [programme_id],
        "experienced": form.flag("experienced"),
    }
