"""What an image compiles ahead is all that suggestions and runs need."""

import os
import subprocess
import sys

import pytest

from local.platform import PYTHON_PATH, ROOT

# In a process of its own: whatever other tests ask for is compiled in theirs.
ASKED = """
from importlib import import_module
from pkgutil import walk_packages

from numba.core.dispatcher import Dispatcher

from matching import ahead, domain
from matching.domain.candidates.ranking import rank
from matching.domain.candidates.roster import Roster
from matching.domain.computation import Inputs, canonical, compute, read
from tests.matching.cast import A_MENTEE, A_MENTOR, NOW, TERMS


def known():
    for found in walk_packages(domain.__path__, "matching.domain."):
        for name, each in vars(import_module(found.name)).items():
            if isinstance(each, Dispatcher):
                yield from ((name, str(types)) for types in each.signatures)


def run():
    compute(read(canonical(inputs)))


def suggestion():
    roster = Roster(inputs.mentors)
    rank(A_MENTEE, roster, TERMS, roster.without(roster.among(), []), limit=20)


inputs = Inputs(at=NOW, seed=0, mentees=(A_MENTEE,), mentors=(A_MENTOR,), terms=(TERMS,))
"""
TOLD = "print(len(before) > 3, sorted(set(known()) - before))"


@pytest.mark.parametrize(
    "asked",
    [
        "ahead.main(); before = set(known()); run(); suggestion(); ",
        "ahead.load(); before = set(known()); suggestion(); ",
    ],
    ids=["built into an image", "loaded by a service"],
)
def test_nothing_is_left_to_be_compiled_at_the_first_run_or_suggestion(asked):
    done = subprocess.run(
        [sys.executable, "-c", ASKED + asked + TOLD],
        env={"PYTHONPATH": os.pathsep.join((PYTHON_PATH, str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "True []\n", done.stderr
