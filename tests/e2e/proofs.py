"""Check a proof of signatures as a court's expert would: with the file alone."""

import json
from pathlib import Path
from typing import Any

from followup import verify


def holds(proof: dict[str, Any], folder: Path) -> bool:
    file = folder / "proof.json"
    file.write_text(json.dumps(proof, ensure_ascii=False), "utf-8")
    return verify.main([str(file)]) == verify.HOLDS
