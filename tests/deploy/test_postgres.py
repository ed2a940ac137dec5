"""The databases of a small installation, made by the script that its pod runs on an empty disk."""

import pytest

from deploy.check.network import SERVICES
from local.secrets import SUPERUSER
from local.trouble import Trouble


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_owns_its_database_and_enters_no_other(installed, service):
    installed.query("create table mine (id int)", role=service)
    for other in {*SERVICES, SUPERUSER, "template1"} - {service}:
        with pytest.raises(Trouble, match="permission denied for database"):
            installed.query("select 1", role=service, database=other)


def test_no_role_of_a_service_may_more_than_it_must(installed):
    rights = "rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls"
    names = ", ".join(f"'{name}'" for name in SERVICES)
    query = f"select count(*) from pg_roles where rolname in ({names}) and ({rights})"
    assert installed.query(query) == ["0"]
