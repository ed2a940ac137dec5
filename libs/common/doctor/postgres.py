"""Whether PostgreSQL keeps what it said yes to, and what the role of a service may do."""

from collections.abc import AsyncIterator

from sqlalchemy import text

from common.direct import Direct
from common.doctor import Finding, Patient
from common.rights import TooManyRights, assert_plain_role
from common.server import USERS

# With one of these a commit that was answered is on a disk.
DURABLE = {
    "fsync": ("on",),
    "synchronous_commit": ("on", "remote_apply", "remote_write", "local"),
    "full_page_writes": ("on",),
}
ENTERED = text("""
    select datname from pg_database
    where datallowconn and datname <> current_database()
        and has_database_privilege(datname, 'connect')
""")


async def durability(patient: Patient) -> AsyncIterator[Finding]:
    async with Direct(patient.engine) as connection:
        for setting, durable in DURABLE.items():
            value = await connection.scalar(text(f"show {setting}"))
            mend = f"set {setting} = on in postgresql.conf, and look who started it without"
            yield Finding(f"PostgreSQL: {setting} is {value}", None if value in durable else mend)


async def role(patient: Patient) -> AsyncIterator[Finding]:
    try:
        await assert_plain_role(patient.engine)
    except TooManyRights as error:
        yield Finding(f"PostgreSQL: the role of {patient.service} is mighty", str(error))
        return
    async with Direct(patient.engine) as connection:
        entered = {*await connection.scalars(ENTERED)} & {*USERS}
    for name in sorted(entered):
        mend = f"revoke all on database {name} from public, {patient.service}"
        yield Finding(f"PostgreSQL: {patient.service} may enter the database {name}", mend)
    if not entered:
        yield Finding(f"PostgreSQL: {patient.service} enters its own database alone")
