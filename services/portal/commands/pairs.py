"""Commands about proposals and runs, and about pairs from their first meeting to their outcome."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from portal.commands import Command, followup, matching
from portal.forms import MOST_DIGITS, Filled


def mentor(form: Filled) -> Mapping[str, Any]:
    return {"mentor_id": form.text("mentor_id")}


def reason(form: Filled) -> Mapping[str, Any]:
    return {"reason": form.text("reason")}


def run(form: Filled) -> Mapping[str, Any]:
    programme = form.only(programme_id=form.given("programme_id"))
    return {
        "association_id": form.text("subject"),
        "pooled": form.flag("pooled"),
        "seed": form.number("seed") or 0,
        **programme,
    }


def percent(written: str) -> float | str:
    """Read a share in per cent; what is none stays what it is, for the service to refuse."""
    number = written.replace(",", ".", 1)
    whole, _, rest = number.partition(".")
    is_number = (whole + rest).isdecimal() and number.isascii() and len(whole) <= MOST_DIGITS
    return float(number) / 100 if is_number else written


def comparison(form: Filled) -> Mapping[str, Any]:
    """Compare the rules of today with those that were filled in."""
    weights = {name: percent(each) for name, each in form.under("weight_").items() if each}
    other = form.only(
        objective=form.given("objective"), protect_after_days=form.number("protect_after_days")
    )
    if weights:
        other["weights"] = weights
    if form.flag("use_hard"):
        other["hard"] = form.many("hard")
    return {**run(form), "other": other}


def chosen(form: Filled) -> Mapping[str, Any]:
    """Name the lines that were ticked; none of them is not the same as all of them."""
    return {} if form.flag("whole") else {"referral_ids": form.many("referral_ids")}


def first_meeting(form: Filled) -> Mapping[str, Any]:
    return {
        "at": form.moment("day", "time"),
        "modality": form.text("modality"),
        **form.only(place=form.given("place"), staff_id=form.given("staff_id")),
    }


def attended(form: Filled) -> Mapping[str, Any]:
    held_at = form.moment("day", "time") if form.given("day") else None
    return {"held": True, **form.only(held_at=held_at)}


def missed(form: Filled) -> Mapping[str, Any]:
    return {"held": False, "absent": form.text("absent")}


def goal(form: Filled) -> Mapping[str, Any]:
    return {"text": form.text("text")}


def meeting(form: Filled) -> Mapping[str, Any]:
    next_at = form.moment("next_day", "next_time") if form.given("next_day") else None
    return {
        "held_at": form.moment("day", "time"),
        "minutes": form.number("minutes"),
        "modality": form.text("modality"),
        "goals": form.many("goals"),
        "important": form.flag("important"),
        **form.only(word=form.given("word"), next_at=next_at),
    }


def contact(form: Filled) -> Mapping[str, Any]:
    return {"at": form.moment("day", "time"), "kind": form.text("kind")}


def check_in(form: Filled) -> Mapping[str, Any]:
    told = form.only(note=form.given("note"))
    return {"side": form.text("side"), "mood": form.number("mood"), **told}


def closing(form: Filled) -> Mapping[str, Any]:
    return {"reason": form.text("reason"), "by": form.text("by")}


def interview(form: Filled) -> Mapping[str, Any]:
    told = form.only(impossible=form.given("impossible"), note=form.given("note"))
    return {"side": form.text("side"), **told}


def review(form: Filled) -> Mapping[str, Any]:
    return {
        "satisfaction": form.number("satisfaction"),
        "goals_reached": form.text("goals_reached"),
        **form.only(shared=form.given("shared"), private=form.given("private")),
    }


def farewell(form: Filled) -> Mapping[str, Any]:
    return {
        "rematch_mentee": form.flag("rematch_mentee"),
        "rematch_mentor": form.flag("rematch_mentor"),
        "contact": form.text("contact"),
    }


def outcome(form: Filled) -> Mapping[str, Any]:
    return {"stage": form.text("stage"), "kind": form.text("kind")}


def capacity(form: Filled) -> Mapping[str, Any]:
    return {"capacity": form.text("capacity")}


def signature(form: Filled) -> Mapping[str, Any]:
    return {
        "capacity": form.text("capacity"),
        "code": "".join(form.text("code").split()),
        "text_sha256": form.text("text_sha256"),
        "consent": form.flag("consent"),
    }


def attestation(form: Filled) -> Mapping[str, Any]:
    """Say what paper was seen by the hash of its scan; the scan itself stays where it is."""
    return {
        "capacity": form.text("capacity"),
        "signed_on": form.text("signed_on"),
        "scan_sha256": sha256(form.content("scan")).hexdigest(),
    }


COMMANDS: Mapping[str, Command] = {
    "proposal.make": matching("/referrals/{subject}/proposals", mentor),
    "proposal.accept": matching("/proposals/{subject}/acceptance", then="/mine"),
    "proposal.decline": matching("/proposals/{subject}/decline", reason, then="/mine"),
    "proposal.withdraw": matching("/proposals/{subject}/withdrawal"),
    "run.ask": matching("/runs", run, then="/runs/{id}"),
    "run.apply": matching("/runs/{subject}/application", chosen),
    "run.price": matching("/runs/{subject}/costs"),
    "run.compare": matching("/runs/comparisons", comparison, then="/runs/comparisons/{id}"),
    "pair.plan": followup("/pairs/{subject}/first-meeting", first_meeting),
    "pair.attend": followup("/pairs/{subject}/first-meeting/attendance", attended),
    "pair.miss": followup("/pairs/{subject}/first-meeting/attendance", missed),
    "pair.goal": followup("/pairs/{subject}/goals", goal),
    "goal.achieve": followup("/goals/{subject}/achievement"),
    "pair.meeting": followup("/pairs/{subject}/meetings", meeting),
    "pair.contact": followup("/pairs/{subject}/contacts", contact),
    "pair.check_in": followup("/pairs/{subject}/check-ins", check_in),
    "alert.handle": followup("/alerts/{subject}/handling"),
    "pair.pause": followup("/pairs/{subject}/pause"),
    "pair.resume": followup("/pairs/{subject}/resumption"),
    "pair.close": followup("/pairs/{subject}/closing", closing),
    "pair.interview": followup("/pairs/{subject}/interviews", interview),
    "pair.review": followup("/pairs/{subject}/review", review),
    "pair.end": followup("/pairs/{subject}/closure", farewell),
    "pair.reopen": followup("/pairs/{subject}/reopening"),
    "pair.outcome": followup("/pairs/{subject}/outcomes", outcome),
    "pair.report": followup("/pairs/{subject}/safeguarding-reports", goal),
    "agreement.code": followup("/agreements/{subject}/codes", capacity),
    "agreement.sign": followup("/agreements/{subject}/signatures", signature),
    "agreement.attest": followup("/agreements/{subject}/attestations", attestation),
}
