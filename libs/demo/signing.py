"""How agreements are signed: by a code that comes by mail, or on paper that a coordinator saw."""

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import Any

from common.calendar import day_of
from demo.actors import Actor
from demo.founding import staff_email
from demo.mail import codes_in_outbox
from demo.mentors import actor_of
from demo.referrals import mentee_of
from demo.world import Pair, World, in_turn, together

# How many moments somebody takes to sign, and how.
SIGNS_AFTER = {1: 0.72, 2: 0.16, 4: 0.08, 1000: 0.04}
BY_CODE = 0.55
GIVES_UP_AFTER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """One signature that is to be given now."""

    pair: Pair
    capacity: str
    signer: Actor
    email: str


async def live(world: World) -> None:
    """Collect the signatures of this moment, first on paper, then by code."""
    signing = [each for each in world.pairs if each.stage == "signing" and each.since < world.step]
    due = [(pair, capacity) for pair in signing for capacity in due_now(world, pair)]
    by_code = [each for each in due if is_by_code(world, *each)]
    on_paper = [each for each in due if each not in by_code]
    await pair_by_pair(on_paper, itemgetter(0), lambda each: attest(world, *each))
    await sign_all(world, [to_sign(world, *each) for each in by_code])
    for pair in signing:
        conclude(world, pair)


def capacities_of(pair: Pair) -> list[str]:
    """Know who signs: the programme's signatories, and those whom a minor needs."""
    young = pair.case.young
    more = ["guardian"] if young.minor else []
    return [
        *pair.association.policy["signatories"],
        *more,
        *(["child_protection"] if young.protected else []),
    ]


def due_now(world: World, pair: Pair) -> list[str]:
    """Name who signs now: each in their own time, and one in twenty-five pairs never."""
    late = world.chance.one_of(SIGNS_AFTER, "signs", *pair.key)
    return [
        capacity
        for capacity in capacities_of(pair)
        if capacity not in pair.signed
        and world.step >= pair.since + (late if capacity == "mentee" else min(late, 2))
    ]


def is_by_code(world: World, pair: Pair, capacity: str) -> bool:
    if capacity == "child_protection" or not world.chance.happens(BY_CODE, "code", *pair.key):
        return False
    return capacity != "mentee" or pair.case.young.address is not None


async def attest(world: World, pair: Pair, capacity: str) -> None:
    """Note a signature on paper; the coordinator who is in the agreement attests none."""
    scan = sha256(f"{pair.key} {capacity}".encode()).hexdigest()
    body = {
        "capacity": capacity,
        "scan_sha256": scan,
        "signed_on": day_of(world.now).isoformat(),
    }
    path = f"/agreements/{pair.agreement_id}/attestations"
    if await world.do(pair.association.second.post("followup", path, body)) is not None:
        pair.signed.add(capacity)
        world.deeds["signatures on paper"] += 1


def to_sign(world: World, pair: Pair, capacity: str) -> ToSign:
    """Find who signs in a capacity, and the address that the code goes to."""
    young, association = pair.case.young, pair.association
    people: dict[str, tuple[Any, str | None]] = {
        "mentor": (actor_of(pair.mentor), pair.mentor.person.email),
        "mentee": (mentee_of(pair.case), young.email),
        "guardian": (pair.case.guardian, young.guardian_email),
        "organisation": (association.coordinator, staff_email(world.chance, association.house, 0)),
    }
    signer, email = people[capacity]
    return ToSign(pair=pair, capacity=capacity, signer=signer, email=email or "")


async def sign_all(world: World, all_to_sign: list[ToSign]) -> None:
    """Read, ask for a code, find it in the mail, type it back: each step for all at once."""
    hashes = await pair_by_pair(all_to_sign, attrgetter("pair"), lambda each: ask_code(world, each))
    asked = [pair for pair in zip(all_to_sign, hashes, strict=True) if pair[1]]
    if not asked:
        return
    codes = await codes_in_outbox(world, {address_of(each) for each, _ in asked})
    await pair_by_pair(
        asked,
        lambda each: each[0].pair,
        lambda each: sign(world, each[0], codes[address_of(each[0])], each[1]),
    )


async def pair_by_pair(
    due: Iterable[Any],
    pair_of: Callable[[Any], Pair],
    step: Callable[[Any], Coroutine[Any, Any, Any]],
) -> list[Any]:
    """Take a step for all: those of one pair in turn, as a pair is one row; the pairs together."""
    of_pairs = [list(theirs) for _, theirs in groupby(due, key=lambda each: pair_of(each).key)]
    taken = await together(in_turn(map(step, theirs)) for theirs in of_pairs)
    return list(chain.from_iterable(taken))


def address_of(each: ToSign) -> tuple[str, str]:
    return each.email, each.pair.agreement_id


async def ask_code(world: World, each: ToSign) -> str | None:
    path = f"/agreements/{each.pair.agreement_id}"
    text = await world.do(each.signer.get("followup", f"{path}/text"))
    body = {"capacity": each.capacity}
    asked = await world.do(each.signer.post("followup", f"{path}/codes", body))
    return sha256(text).hexdigest() if asked else None


async def sign(world: World, each: ToSign, code: str, text_sha256: str) -> None:
    body = {
        "capacity": each.capacity,
        "code": code,
        "text_sha256": text_sha256,
        "consent": True,
    }
    path = f"/agreements/{each.pair.agreement_id}/signatures"
    if await world.do(each.signer.post("followup", path, body)) is not None:
        each.pair.signed.add(each.capacity)
        world.deeds["signatures by code"] += 1


def conclude(world: World, pair: Pair) -> None:
    if complete(pair.signed, capacities_of(pair)):
        pair.stage, pair.since = "active", world.step
        pair.active_since = pair.next_meeting = world.now
        world.deeds["agreements signed"] += 1
    elif world.step > pair.since + GIVES_UP_AFTER:
        pair.ending = ("unreachable", "mentee")


def complete(signed: set[str], wanted: Iterable[str]) -> bool:
    return not set(wanted) - signed
