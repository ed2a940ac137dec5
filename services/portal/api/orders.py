"""One door for every form that asks a service to do something."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import Response

from common.errors import NotFound
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import page
from portal.commands import Command, cases, house, pairs
from portal.forms import Form

COMMANDS: Mapping[str, Command] = {**cases.COMMANDS, **pairs.COMMANDS, **house.COMMANDS}
MIB = 1024 * 1024
# The scan of a signed paper, of which only the hash is kept.
LARGEST_FORM = 10 * MIB

router = form_pages()


class NoSuchCommand(NotFound):
    """There is no such thing to do here."""

    fr = "Il n'y a rien de tel à faire ici."


@router.post("/do/{name}", dependencies=[page("command.give")], max_body_size=LARGEST_FORM)
async def give_command(name: str, visit: Reader, form: Form) -> Response:
    """Ask the service, once however often the form is sent, and lead back to the page."""
    command = COMMANDS.get(name)
    if command is None:
        raise NoSuchCommand
    subject = str(form.id("subject")) if form.given("subject") else ""
    path = command.path.format(subject=subject)
    answer = await visit.post(command.service, path, command.body(form), key=form.key)
    return visit.go(after(command, answer, form.back), done=name)


def after(command: Command, answer: object, back: str) -> str:
    if command.then is None or not isinstance(answer, dict):
        return command.then or back
    made = answer.get("id")
    return command.then.format(id=UUID(str(made))) if made else back
