"""Every promise of docs/promises.md is proven by tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/promises.md").read_text())


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_promise_names_a_test_that_exists(file, test):
    assert re.search(rf"^(async def|def|class) {test}\b", (ROOT / file).read_text(), re.MULTILINE)


def test_every_promise_has_its_test():
    promises = (ROOT / "docs/promises.md").read_text().split("\n## ")[1:]

    assert len(promises) == 7
    assert all("::" in promise for promise in promises)
