"""Definitions that were published stay what they were."""

import json
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy.dialects import postgresql

from reporting.domain.catalogue import CATALOGUE
from reporting.store.populations import POPULATIONS, Span
from tests.reporting.cast import START

PINNED = Path(__file__).with_name("definitions.json")


def fingerprint(each) -> str:
    """Hash the words of a definition and the SQL behind them."""
    span = Span(start=START, end=START + timedelta(days=1))
    texts = [json.dumps(asdict(each), sort_keys=True, default=sorted)]
    for measure in each.measures:
        query = POPULATIONS[each.code, each.version, measure.code](span)
        texts.append(str(query.compile(dialect=postgresql.dialect())))
    return sha256("\n".join(texts).encode()).hexdigest()


def test_a_published_definition_never_changes():
    """Add a version beside it instead; a new one is pinned by adding it to the file."""
    pinned = json.loads(PINNED.read_text())

    assert {f"{each.code} v{each.version}": fingerprint(each) for each in CATALOGUE} == pinned
