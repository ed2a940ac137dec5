"""One trace goes through every hop, whether or not anybody looks at it."""

import subprocess
import sys
from pathlib import Path

import pytest

from common.tracing import TRACEPARENT, TRACING, continued, traceparent
from tests.collecting import collecting

ROOT = Path(__file__).parents[2]
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


def test_outside_of_everything_there_is_no_trace():
    assert traceparent() is None


def test_a_trace_goes_on_with_a_span_of_its_own():
    with continued(PARENT, "hop"):
        here = str(traceparent())

    assert here.startswith(f"00-{TRACE}-")
    assert here.endswith("-01")
    assert here != PARENT
    assert traceparent() is None


@pytest.mark.parametrize(
    "broken",
    [None, "", "hello", PARENT.upper(), "00-" + "0" * 32 + "-b7ad6b7169203331-01", PARENT + "-x"],
)
def test_a_parent_that_is_none_begins_a_new_trace(broken):
    with continued(broken, "hop"):
        here = str(traceparent())

    assert TRACEPARENT.fullmatch(here)
    assert TRACE not in here


def test_hops_within_one_another_are_one_trace():
    with continued(None, "outer"):
        outer = str(traceparent())
        with continued(outer, "inner"):
            inner = str(traceparent())

        assert traceparent() == outer
    assert inner[3:35] == outer[3:35]


def test_when_off_opentelemetry_is_not_even_imported():
    code = "import sys, common.http; sys.exit(any('opentelemetry.sdk' in m for m in sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{ROOT}/services:{ROOT}/libs"},
        check=False,
    )

    assert done.returncode == 0


@pytest.fixture
def collector():
    with collecting() as collector:
        yield collector


def test_with_an_endpoint_the_same_trace_is_reported(collector):
    TRACING.report("matching", collector.endpoint)
    with continued(PARENT, "hop"):
        here = str(traceparent())
    TRACING.close()

    [span] = collector.spans
    assert (span.service, span.name) == ("matching", "hop")
    assert (span.trace_id, span.parent_id) == (TRACE, "b7ad6b7169203331")
    assert here == f"00-{TRACE}-{span.id}-01"


def test_an_exception_does_not_tell_its_message_to_the_collector(collector):
    TRACING.report("matching", collector.endpoint)
    with pytest.raises(ValueError, match="Zoé"), continued(None, "hop"):
        raise ValueError("Zoé")
    TRACING.close()

    assert collector.heard
    assert "Zoé" not in str(collector.heard)
