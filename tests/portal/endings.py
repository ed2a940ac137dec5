"""How it goes on and ends, by hand on the pages: the whole pool, care, closing, forgetting."""

from tests.portal.chapters import Town, refer_pupil


async def refer_and_accept(town: Town, name: str, email: str) -> str:
    """Bring another pupil into the pool."""
    referral_id: str = await refer_pupil(town, name, email)
    await town.quiet()
    await town["coordinator"].open(f"/referrals/{referral_id}")
    await town["coordinator"].send("/do/referral.accept")
    await town.quiet()
    return referral_id


async def run_over_the_pool(town: Town) -> str:
    """Another pupil waits; the coordinator tries a run over everybody, and applies it."""
    coordinator = town["coordinator"]
    referral_id = await refer_and_accept(town, "Nora", "nora@eleves.example")
    await coordinator.open("/runs", patience=20, until="Nora Roche")
    await coordinator.send("/do/run.ask")
    run = coordinator.address.partition("?")[0]
    await coordinator.open(run, patience=60, until="/do/run.apply")
    await coordinator.send("/do/run.price")
    await coordinator.open(run, patience=30, until="+0")
    await coordinator.send("/do/run.apply", referral_ids=[referral_id])
    return await coordinator.open(run, patience=30, until="Proposé")


async def compare_policies(town: Town) -> str:
    """The coordinator looks what other rules would do, for whoever waits now."""
    coordinator = town["coordinator"]
    await refer_and_accept(town, "Lina", "lina@eleves.example")
    await coordinator.open("/runs", patience=20, until="Lina Roche")
    await coordinator.send("/do/run.compare", use_hard="yes", hard=["axis_and_level"])
    page = coordinator.address.partition("?")[0]
    return await coordinator.open(page, patience=60, until="Personnes servies")


async def check_in(town: Town) -> str:
    coordinator = town["coordinator"]
    await coordinator.open(f"/pairs/{town.pair_id}")
    return await coordinator.send("/do/pair.check_in", side="mentee", mood="1", note="Épuisée")


async def raise_an_alert(town: Town) -> str:
    """The mentor marks a meeting as important, which the association hears at once."""
    mentor = town["mentor"]
    await mentor.open(f"/pairs/{town.pair_id}")
    await mentor.send("/do/pair.meeting", important="yes", **await town.when(hours=-1))
    page = f"/pairs/{town.pair_id}"
    return await town["coordinator"].open(page, patience=20, until="/do/alert.handle")


async def close(town: Town) -> str:
    """Both are heard, both look back; the coordinator closes, and notes what became of it."""
    coordinator, page = town["coordinator"], f"/pairs/{town.pair_id}"
    await coordinator.open(page)
    await coordinator.send("/do/pair.close", reason="objective_reached", by="mentee")
    for side in ("mentor", "mentee", "guardian"):
        await coordinator.send("/do/pair.interview", side=side)
    await coordinator.send("/do/pair.end", contact="free", rematch_mentor="yes")
    for name in ("mentor", "mentee"):
        await town[name].open(page, until="rester en contact")
        seen = {"satisfaction": "5", "goals_reached": "yes", "shared": f"Merci de {name}"}
        await town[name].send("/do/pair.review", **seen)
    await coordinator.open(page)
    return await coordinator.send("/do/pair.outcome", stage="exit", kind="next_class")


async def forget(town: Town) -> str:
    """The guardian asks to have everything about the pupil erased."""
    mentee, guardian = town["mentee"], town["guardian"]
    await mentee.open("/mine/privacy")
    [herself] = [each.subject for each in mentee.forms() if each.action == "/do/person.erase"]
    await guardian.open("/mine/privacy")
    await guardian.send("/do/person.erase", herself, sure="yes")
    certificate = guardian.address.partition("?")[0]
    return await guardian.open(certificate, patience=60, until="<code>")
