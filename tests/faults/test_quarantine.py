"""What nobody can read is put aside, seen, and tried again by command; the others go on."""

import asyncio
import json

from tests.faults.audit import BY_HAND, rows
from tests.faults.drills import messages

ONE_ACCEPTED = """
    select message_id, body from events
    where subject = 'events.intake.referral_accepted.v1' limit 1
"""
# As if matching had not been able to act upon it when it came.
PUT_ASIDE = """
    delete from referrals where referral_id = '{referral_id}';
    delete from inbox where message_id = '{message_id}';
    insert into quarantine values
        ('late', 'events.intake.referral_accepted.v1', convert_to($body${body}$body$, 'UTF8'),
         'fault', 'AttributeError', 20, now());
"""


async def quarantine(platform, *command):
    environment = platform.environment_of("matching")
    told = ("common.quarantine", "matching", *command)
    return await asyncio.to_thread(platform.run, *told, environment=environment)


async def test_what_cannot_be_read_is_put_aside_and_shown_while_the_others_go_on(trial):
    said = (await messages.malformed(trial)).told
    verdict = await trial.verdict()

    shown = await quarantine(trial.platform, "list")

    lines = [line for line in shown.splitlines() if line.startswith(BY_HAND)]
    # Those of an earlier drill are still there.
    assert [line.split()[0] for line in lines][-len(said) :] == said
    assert all(f"{messages.SUBJECT}  malformed: does not fit" in line for line in lines)
    assert verdict.all == []


async def test_what_was_put_aside_is_acted_upon_once_when_it_is_replayed(trial):
    """A message that can be acted upon after all, as after a mend of the code."""
    async with trial.village.living(1):
        await asyncio.sleep(0.5)
    await trial.rest()
    [(message_id, body)] = await rows(trial.platform, "intake", ONE_ACCEPTED)
    referral_id = json.loads(body)["data"]["referral_id"]
    trial.platform.postgres.query(PUT_ASIDE.format(**locals()), role="matching")

    told = await quarantine(trial.platform, "replay", "late")
    told_again = await quarantine(trial.platform, "replay", "late")

    assert told == "late  acted upon\n"
    assert "nothing is kept" in told_again
    # The referral is in the pool again, the message in the inbox, and nothing in the quarantine.
    assert (await trial.verdict()).all == []
