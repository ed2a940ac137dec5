"""Look at everything around one service: `python -m common.doctor intake`, with its settings."""

import asyncio
import sys

from common.doctor.examination import examine
from common.logs import write_json
from common.server import USERS
from common.settings import Settings, load, optional


async def doctor(service: str) -> int:
    # What is wrong is told in findings: a line of a log beside each would say it twice.
    write_json("critical")
    wrong = 0
    async for finding in examine(service, load(Settings), optional("KEY_ENCRYPTION_KEY")):
        sys.stdout.write(f"{finding}\n")
        wrong += finding.mend is not None
    return int(wrong > 0)


if __name__ == "__main__":
    if sys.argv[1:] not in [[service] for service in USERS]:
        raise SystemExit(f"usage: python -m common.doctor {' | '.join(USERS)}")
    sys.exit(asyncio.run(doctor(sys.argv[1])))
