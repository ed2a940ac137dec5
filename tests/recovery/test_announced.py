"""What a service announces by version outgrows a restore; what it heard is heard again."""

from importlib import import_module

import pytest

from local.ports import SERVICES

# Versions that others gave, in tables that no rebuild empties; and the numbers of policies.
OTHERS = {"intake": {"programmes"}, "followup": {"heard"}, "portal": {"pairs"}}


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_with_a_version_is_announced_or_heard(service):
    store = import_module(f"{service}.store")
    announced = {table.name for table in getattr(store, "ANNOUNCED", ())}
    heard = {table.name for table in getattr(store, "PROJECTIONS", ())}

    counted = {
        table.name
        for table in store.metadata.sorted_tables
        if "version" in table.c and not table.c.version.primary_key
    }

    assert announced | (heard & counted) | OTHERS.get(service, set()) == counted
    assert not announced & heard
