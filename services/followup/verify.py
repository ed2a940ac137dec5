"""Check a proof bundle without the platform: `python -m followup.verify FILE [--keys JWKS]`.

Without `--keys` the signatures are checked by the keys in the bundle itself, which shows that
nothing was changed, but not whose server signed: compare the key ids with published ones.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from followup.domain.proofs import is_alone, verify
from followup.signing_key import PublicKeys

HOLDS, DOES_NOT_HOLD, NOT_READABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is wrong with a bundle, or that nothing is; return the status to exit with."""
    options = _options().parse_args(arguments)
    try:
        proof_bundle = json.loads(options.file.read_text("utf-8"))
        trusted = _keys(json.loads(options.keys.read_text("utf-8"))) if options.keys else None
        keys = PublicKeys(proof_bundle["keys"] if trusted is None else trusted)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _say(f"cannot be read: {type(error).__name__}")
        return NOT_READABLE
    flaws = verify(proof_bundle, keys.is_genuine)
    for flaw in flaws:
        _say(f"WRONG  {flaw}")
    if flaws:
        return DOES_NOT_HOLD
    _say(f"OK  {len(proof_bundle['signatures'])} signatures hold")
    if any(is_alone(each["proof"]) for each in proof_bundle["signatures"]):
        _say("    who had to sign is not sealed: compare it with the end of the text")
    for name in proof_bundle["keys"]:
        _say(f"    {'trusted' if trusted else 'to be compared'} key: {name}")
    return HOLDS


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="followup.verify")
    parser.add_argument("file", type=Path, help="a proof bundle, as the platform gives it")
    parser.add_argument("--keys", type=Path, help="a JWKS with the server's published keys")
    return parser


def _keys(jwks: Any) -> dict[str, Any]:
    return {jwk["kid"]: jwk for jwk in jwks["keys"]}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
