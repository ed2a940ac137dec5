"""Commands about referrals, the people in them, and mentors."""

from collections.abc import Mapping
from typing import Any

from portal.commands import Command, intake
from portal.forms import Filled, whole


def completion(form: Filled) -> Mapping[str, Any]:
    lists = ("needs", "supports", "modalities", "languages")
    given = form.only(level=form.given("level"), reach_km=form.number("reach_km"))
    return {
        **given,
        **{name: form.many(name) for name in lists if form.many(name)},
        "reachable": form.flag("reachable"),
    }


def choice(form: Filled) -> Mapping[str, Any]:
    return form.only(offer_id=form.given("offer_id"))


def reason(form: Filled) -> Mapping[str, Any]:
    return {"reason": form.text("reason")}


def duplicate(form: Filled) -> Mapping[str, Any]:
    return {"person_id": form.text("person_id"), "same": form.flag("same")}


def check(form: Filled) -> Mapping[str, Any]:
    return {"check": form.text("check"), "seen_on": form.text("seen_on")}


def decision(form: Filled) -> Mapping[str, Any]:
    return {"given": form.flag("given"), "on_paper": form.flag("on_paper")}


def image(form: Filled) -> Mapping[str, Any]:
    return {"referral_id": form.text("subject"), "kind": "image"}


def protection(form: Filled) -> Mapping[str, Any]:
    return {"evaluated_on": form.text("evaluated_on"), "valid_until": form.text("valid_until")}


def choices_of_lines(form: Filled) -> Mapping[str, Any]:
    """Say which lines of a file stay out, and whether all that are doubtful do."""
    lines = [whole(each) for each in form.many("leave_out")]
    return {"leave_out": lines, "leave_out_doubtful": form.flag("leave_out_doubtful")}


COMMANDS: Mapping[str, Command] = {
    "referral.qualify": intake("/referrals/{subject}/qualification", completion),
    "referral.offer": intake("/referrals/{subject}/offers", choice),
    "referral.accept": intake("/referrals/{subject}/acceptance"),
    "referral.decline": intake("/referrals/{subject}/decline", reason, then="/referrals"),
    "referral.end": intake("/referrals/{subject}/withdrawal", reason),
    "referral.confirm": intake("/referrals/{subject}/confirmation"),
    "referral.duplicate": intake("/referrals/{subject}/duplicate-decision", duplicate),
    "authorisation.decide": intake("/authorisations/{subject}/decision", decision),
    "authorisation.image": intake("/authorisations", image),
    "adherence.say": intake("/people/{subject}/adherence", decision),
    "protection.agree": intake("/people/{subject}/protection-agreement", protection),
    "person.erase": intake("/people/{subject}/erasure", then="/erasures/{id}"),
    "import.commit": intake("/imports/{subject}/commit", choices_of_lines),
    "mentor.check": intake("/mentors/{subject}/checks", check),
    "mentor.approve": intake("/mentors/{subject}/approval"),
    "mentor.refuse": intake("/mentors/{subject}/refusal", reason),
    "mentor.pause": intake("/mentors/{subject}/pause"),
    "mentor.suspend": intake("/mentors/{subject}/suspension"),
    "mentor.resume": intake("/mentors/{subject}/resumption"),
    "mentor.leave": intake("/mentors/{subject}/departure"),
}
