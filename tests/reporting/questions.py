"""How the tests of reporting ask for figures."""

from datetime import UTC, date, datetime

from reporting.api import views
from reporting.domain.catalogue import definition
from reporting.domain.periods import period

LATER = datetime(2029, 1, 1, tzinfo=UTC)
AUTUMN = (date(2026, 9, 1), date(2026, 12, 31))
THE_YEAR = (date(2026, 9, 1), date(2027, 8, 31))


async def ask(tx, name, *, days=THE_YEAR, split=None, only=None):
    """Return {(measure, group): n, or the values of what is not a count}."""
    code, _, version = name.partition(" v")
    told = definition(code, int(version) if version else None)
    asked = views.Asked(
        definition=told,
        period=period(*days),
        split=told.split_by(split),
        association_ids=only,
        language="fr",
        as_sheet=False,
    )
    answer = await views.indicator(tx, asked, LATER)
    return {
        (each["measure"], each["group"]): (each["n"], each["values"])
        if each["values"]
        else each["n"]
        for each in answer["figures"]
    }
