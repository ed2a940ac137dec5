"""Fixtures of imports: files are brought over HTTP, and time enters what was committed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from common.database import transaction
from intake import schedule
from tests.intake.imports.files import csv_of


@pytest.fixture
async def afev(join):
    return await join()


@pytest.fixture
def bring(client, afev):
    """Send a file as the coordinator, and give the answer as it came."""

    async def bring(content: bytes, kind="referrals", who=None, **fields: Any):
        return await client.post(
            "/imports",
            headers=who or afev["coordinator"],
            files={"file": ("liste", content)},
            data={"kind": kind, **fields},
        )

    return bring


@pytest.fixture
def stage(bring, get, afev):
    """Send a file that can be staged, and read how it stands."""

    async def stage(rows: bytes | list[list[str]], kind="referrals", who=None, **fields: Any):
        content = rows if isinstance(rows, bytes) else csv_of(rows)
        response = await bring(content, kind, who, **fields)
        assert response.status_code == 201, response.text
        return await get(f"/imports/{response.json()['id']}", who or afev["coordinator"])

    return stage


@pytest.fixture
def let_time_pass(engine):
    """Let the clock do all that an import waits for."""

    async def let_time_pass(now: datetime | None = None):
        for job in (schedule.enter_imported_rows, schedule.forget_imports):
            handled = 1
            while handled:
                async with transaction(engine) as tx:
                    handled = await job(tx, now or datetime.now(UTC))

    return let_time_pass


@pytest.fixture
def commit(client, get, afev, let_time_pass):
    async def commit(staged, who=None, **say: Any):
        path = f"/imports/{staged['id']}"
        response = await client.post(f"{path}/commit", json=say, headers=who or afev["coordinator"])
        assert response.status_code == 202, response.text
        await let_time_pass()
        return await get(path, who or afev["coordinator"])

    return commit
