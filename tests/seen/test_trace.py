"""What one request sets off is one trace, from the browser to the last service that hears of it."""

from local.ports import SERVICES
from tests.seen.conftest import BEFORE, TRACE
from tests.waiting import eventually

REGISTERED = "events.intake.association_registered.v1"
REQUEST = "http.request"
# The portal asked intake, and everybody else hears what intake said.
HEARERS = {name for name in SERVICES if name != "intake"}


async def test_one_request_is_one_trace_through_the_outbox_the_stream_and_every_handler(
    registered, collector
):
    # A service sends them together, every few seconds.
    spans = {span.id: span for span in await eventually(lambda: whole(collector.of(TRACE)))}

    for handled in (span for span in spans.values() if span.name == REGISTERED):
        at_intake = spans[handled.parent_id]
        at_portal = spans[at_intake.parent_id]
        assert (at_intake.service, at_intake.name) == ("intake", REQUEST)
        assert (at_portal.service, at_portal.name) == ("portal", REQUEST)
        assert at_portal.parent_id == BEFORE


def whole(spans):
    """Tell when every service has reported: who heard of it, and what each hop came of."""
    known = {span.id for span in spans} | {BEFORE}
    heard = {span.service for span in spans if span.name == REGISTERED}
    return spans if heard == HEARERS and {span.parent_id for span in spans} <= known else None
