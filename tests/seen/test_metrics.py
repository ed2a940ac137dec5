"""What dashboards and rules ask for is told by services that run, under the labels they use."""

import promql_parser as promql
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from deploy.check.measured import ENDINGS, OF_PROMETHEUS, selectors
from local.ports import SERVICES
from tests.deploy.test_watching import EXPRESSIONS

# Who collects the metrics names the target by these.
OF_TARGETS = {"service", "instance", "job"}


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def told(registered, platform):
    """Every name that a service tells, with the labels that it was seen with."""
    found: dict[str, set[str]] = {}
    for name in SERVICES:
        text = (await registered.get(f"{platform.url(name)}/metrics")).text
        for family in text_string_to_metric_families(text):
            for ending in ENDINGS.get(family.type, ()):
                found.setdefault(family.name + ending, set())
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


@pytest.mark.parametrize("query", EXPRESSIONS.values(), ids=EXPRESSIONS)
async def test_what_is_asked_for_is_told_under_the_labels_that_are_used(query, told):
    for asked in selectors(query):
        if asked.name in OF_PROMETHEUS:
            continue
        assert asked.name in told
        used = {matcher.name for matcher in asked.matchers.matchers} | grouped(query)
        # What has not happened yet has no labels yet.
        if told[asked.name]:
            assert used - OF_TARGETS <= told[asked.name]


def grouped(query):
    """Find the labels by which a query puts together."""
    found = set()

    def look(part):
        if isinstance(part, promql.AggregateExpr) and part.modifier:
            found.update(part.modifier.labels)

    promql.walk(promql.parse(query), look)
    return found


async def test_services_tell_of_themselves_that_all_is_well(registered, platform):
    for name in SERVICES:
        text = (await registered.get(f"{platform.url(name)}/metrics")).text
        values = {
            (sample.name, sample.labels.get("check")): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        for check in ("database", "nats", "consumer", "durable"):
            assert values["binome_check_passes", check] == 1
        assert values["binome_consumer_pending", None] == 0
        assert values["binome_consumer_age_seconds", None] == 0
        assert values["binome_stream_bytes", None] > 0
        assert values["binome_database_bytes", None] > 1e6
        assert values["process_resident_memory_bytes", None] > 1e7
