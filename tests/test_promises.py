"""Every promise of docs/promises.md is proven by tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/promises.md").read_text())

PROMISES = """\
1. A command that was answered yes is never lost, and has its effect once
2. An event is published if and only if its transaction committed
3. Projections rebuilt from zero are identical, whatever the order and the duplicates
4. A no is an answer; a fault is retried, put aside, shown and replayed; the others go on
5. A pair with a minor is never active without screening, authorisation, training and all signatures
6. No association sees another's case; no partner sees more than its contract lists
7. When it cannot keep a promise it says so
""".splitlines()


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_promise_names_a_test_that_exists(file, test):
    assert re.search(rf"^(async def|def|class) {test}\b", (ROOT / file).read_text(), re.MULTILINE)


def test_every_promise_has_its_test():
    promises = (ROOT / "docs/promises.md").read_text().split("\n## ")[1:]

    assert [promise.partition("\n")[0] for promise in promises] == PROMISES
    assert all("::" in promise for promise in promises)
