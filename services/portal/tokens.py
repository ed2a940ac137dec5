"""Print a token that lasts for minutes, for whoever operates the machine.

`python -m portal.tokens --role admin` needs TOKEN_SIGNING_KEY in its environment.
"""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from common.caller import Caller, Grant
from common.contracts.vocabulary import Role
from common.settings import setting
from common.tokens import LIFETIME, LONGEST_LIFETIME, issue

MINUTE = timedelta(minutes=1)


def asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="portal.tokens", description=__doc__.split("\n")[0])
    parser.add_argument("--role", type=Role, required=True, choices=list(Role))
    parser.add_argument("--association", type=UUID, help="where the role is held")
    parser.add_argument("--person", type=UUID, help="who it is; nobody in particular if not given")
    parser.add_argument("--minutes", type=int, default=LIFETIME // MINUTE)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    wanted = asked(arguments)
    lifetime = min(timedelta(minutes=max(1, wanted.minutes)), LONGEST_LIFETIME)
    grant = Grant(wanted.role, wanted.association)
    caller = Caller(person_id=wanted.person or uuid4(), grants=frozenset({grant}))
    token = issue(setting("TOKEN_SIGNING_KEY"), caller, now=datetime.now(UTC), lifetime=lifetime)
    sys.stdout.write(f"{token}\n")


if __name__ == "__main__":
    main()
