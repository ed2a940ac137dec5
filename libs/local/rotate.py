"""`make rotate what=…`: make one kind of secret new in the secrets.json of a platform.

What runs goes on with the old ones until it is started anew; what to do before and after is told
in docs/operations/keys.md. For containers: `python -m local.rotate tokens FILE`.
"""

import argparse
import sys
from pathlib import Path

from local.secrets import SUPERUSER, Secrets

THEN = {
    "encryption": "start anew, then python -m common.keys rewrap as intake, then retire",
    "retire": "start anew, then back the keys up: what the old key wrapped, nobody opens any more",
    "tokens": "start anew: a token made before is refused, and the portal makes another",
    "seal": "start anew: signature codes sent before are asked for again; proofs hold",
    "nats": "start anew, NATS first",
    "postgres": "start anew at once: nobody is let in any more with the old passwords",
}


def rotate(arguments: list[str]) -> None:
    """Write the new secrets; what PostgreSQL must be told, where it is not ours, is printed."""
    parser = argparse.ArgumentParser(prog="python -m local.rotate", description=__doc__)
    parser.add_argument("what", choices=THEN)
    parser.add_argument("file", type=Path)
    asked = parser.parse_args(arguments)
    if not asked.file.exists():
        sys.exit(f"bad  there is no {asked.file}; mend: name the secrets.json of a platform")
    secrets = Secrets.kept_in(asked.file).rotated(asked.what)
    secrets.put_over(asked.file)
    if asked.what == "postgres":
        sys.stdout.write(passwords(secrets))
    sys.stderr.write(f"ok   {asked.what}: made new; {THEN[asked.what]}\n")


def passwords(secrets: Secrets) -> str:
    told = (f"alter role {name} password '{word}';\n" for name, word in secrets.postgres.items())
    return "".join(each for each in told if f" {SUPERUSER} " not in each)


if __name__ == "__main__":
    rotate(sys.argv[1:])
