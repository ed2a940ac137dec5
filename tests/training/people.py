"""What the people of training do over HTTP, as the tests of its API use it."""

from datetime import UTC, datetime, timedelta

from tests.training.cast import ASSOCIATION, PROGRAMME

SOON = datetime.now(UTC) + timedelta(days=3)
TRAINING = {
    "association_id": str(ASSOCIATION),
    "programme_id": str(PROGRAMME),
    "kind": "training",
    "modules": ["posture", "limits"],
    "starts_at": SOON.isoformat(),
    "minutes": 180,
    "places": 2,
    "remote": False,
}


async def sign_up(client, session_id, who, **body):
    return await client.post(f"/sessions/{session_id}/sign-ups", json=body, headers=who)
