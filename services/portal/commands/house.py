"""Commands about associations and their programmes, offers, staff and sessions."""

from collections.abc import Mapping
from typing import Any

from portal.commands import Command, intake, training
from portal.forms import Filled


def association(form: Filled) -> Mapping[str, Any]:
    return {"name": form.text("name"), "commune": form.text("commune")}


def pool(form: Filled) -> Mapping[str, Any]:
    return {"pooled_with": form.many("pooled_with")}


def staff(form: Filled) -> Mapping[str, Any]:
    return {
        "role": form.text("role"),
        "language": form.given("language") or "fr",
        **form.only(
            given_name=form.given("given_name"),
            family_name=form.given("family_name"),
            email=form.given("email"),
            phone=form.given("phone"),
        ),
    }


def programme(form: Filled) -> Mapping[str, Any]:
    return {"name": form.text("name"), "template": form.text("template")}


def offer(form: Filled) -> Mapping[str, Any]:
    place = form.only(commune=form.given("commune"), reach_km=form.number("reach_km"))
    return {"title": form.text("title"), "capacity": form.number("capacity"), **place}


def capacity(form: Filled) -> Mapping[str, Any]:
    return {"capacity": form.number("capacity"), "open": form.flag("open")}


def session(form: Filled) -> Mapping[str, Any]:
    return {
        "association_id": form.text("subject"),
        "kind": form.text("kind"),
        "modules": form.many("modules"),
        "starts_at": form.moment("day", "time"),
        "minutes": form.number("minutes"),
        "places": form.number("places"),
        "remote": form.flag("remote"),
        **form.only(programme_id=form.given("programme_id")),
    }


def place(form: Filled) -> Mapping[str, Any]:
    return form.only(person_id=form.given("person_id"))


def presence(form: Filled) -> Mapping[str, Any]:
    minutes = form.number("minutes") if form.flag("present") else None
    return {"present": form.flag("present"), **form.only(minutes=minutes)}


COMMANDS: Mapping[str, Command] = {
    "association.register": intake("/associations", association, then="/associations/{id}"),
    "association.pool": intake("/associations/{subject}/pool", pool),
    "association.staff": intake("/associations/{subject}/staff", staff),
    "collective.staff": intake("/staff", staff),
    "grant.revoke": intake("/grants/{subject}/revocation"),
    "programme.publish": intake("/associations/{subject}/programmes", programme),
    "offer.publish": intake("/programmes/{subject}/offers", offer),
    "offer.resize": intake("/offers/{subject}/capacity", capacity),
    "session.plan": training("/sessions", session, then="/sessions/{id}"),
    "session.cancel": training("/sessions/{subject}/cancellation"),
    "session.sign_up": training("/sessions/{subject}/sign-ups", place),
    "session.give_up": training("/sign-ups/{subject}/cancellation"),
    "session.attend": training("/sign-ups/{subject}/attendance", presence),
    "session.exchange": training("/associations/{subject}/exchange-sessions"),
}
