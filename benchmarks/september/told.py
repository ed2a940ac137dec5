"""What is told of a season: a table of figures, and a picture of it over time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from benchmarks.september.hops import Hop, Passages, oldest
from benchmarks.september.month import AUGUST
from benchmarks.september.pace import Answer
from benchmarks.september.picture import Curve, Mark, Panel, picture
from benchmarks.september.season import Season
from benchmarks.september.watch import Sample
from benchmarks.table import Line, percentile

BIN_SECONDS = 5
MEGABYTE = 1_000_000
KILOBYTE = 1_000
# Less than this for each thousand referrals with their journeys is called flat.
FLAT = 2 * MEGABYTE
PERCENTS = (50, 90, 99, 100)
FEW = 20
SLOWEST = 12
# Curves have no more: the picture is no wider.
POINTS = 400


def lines(season: Season, passed: Passages) -> list[Line]:
    """Say the whole first, then each part."""
    return [
        *work(season, passed),
        *requests(season.answers),
        *hops(passed),
        *memory(season),
        *processors(season),
        *disk(season),
    ]


def plain(measure: str, figure: str, number: str = "") -> Line:
    return Line(number=number, measure=measure, figure=figure)


def work(season: Season, passed: Passages) -> Iterator[Line]:
    world, commands = season.world, commands_of(season.answers)
    events, agreements = passed.events, world.deeds["agreements signed"]
    spent = commands[-1].answered - commands[0].due
    yield plain(
        title_of(season),
        f"{len(world.mentors):,} mentors, {len(world.pairs):,} pairs, {agreements:,} agreements, "
        f"{world.deeds['meetings']:,} meetings; {world.noes.total()} noes",
        number="L1",
    )
    yield plain(
        "  commands answered",
        f"{len(commands):,} in {spent:.0f} s, {len(commands) / spent:.0f}/s; "
        f"at most {most_a_second([each.answered for each in commands]):.0f}/s",
    )
    yield plain(
        "  events",
        f"{len(events):,}, {len(events) / spent:.0f}/s; at most {most_a_second(events):.0f}/s",
    )
    late = [each.sent - each.due for each in commands]
    yield plain("  sent after they were due", in_milliseconds(late))


def title_of(season: Season) -> str:
    return f"{season.referrals:,} referrals, {season.script.a_second:g} deeds due a second"


def commands_of(answers: Iterable[Answer]) -> list[Answer]:
    return sorted((each for each in answers if each.is_command), key=lambda each: each.answered)


def most_a_second(times: Sequence[float] | Curve) -> float:
    """Count the fullest bin of time."""
    counts = np.bincount(((np.asarray(times) - min(times)) / BIN_SECONDS).astype(int))
    return float(counts.max()) / BIN_SECONDS


def requests(answers: Sequence[Answer]) -> Iterator[Line]:
    """Tell how long people waited, all together and by kind, the slowest kinds first."""
    kinds: defaultdict[str, list[float]] = defaultdict(list)
    for each in answers:
        kinds[f"{each.method} {each.service}{each.route}"].append(each.seconds)
    commands = [each.seconds for each in answers if each.is_command]
    yield plain("commands: p50, p90, p99, most", in_milliseconds(commands), number="L2")
    known = {kind: waits for kind, waits in kinds.items() if len(waits) >= FEW}
    slowest = sorted(known, key=lambda kind: -percentile(known[kind], 99))[:SLOWEST]
    for kind in slowest:
        yield plain(f"  {kind}", in_milliseconds(known[kind]))


def in_milliseconds(waits: Sequence[float]) -> str:
    told = ", ".join(f"{percentile(waits, each) * 1000:,.0f}" for each in PERCENTS)
    return f"{told} ms of {len(waits):,}"


def hops(passed: Passages) -> Iterator[Line]:
    everything = np.concatenate([each.seconds for each in passed.hops])
    yield plain("hops: p50, p90, p99, most", in_milliseconds(everything.tolist()), number="L3")
    for name, said in passed.said.items():
        if len(said):
            waits = (passed.published[name] - said).tolist()
            yield plain(f"  {name} → published", in_milliseconds(waits))
    for hop in passed.hops:
        yield plain(f"  {hop.announcer} → {hop.listener}", in_milliseconds(hop.seconds.tolist()))
    for name, late in slowest_subjects(passed.hops):
        yield plain(f"  late: {name}", in_milliseconds(late))


def slowest_subjects(found: Sequence[Hop]) -> list[tuple[str, list[float]]]:
    waits: defaultdict[str, list[float]] = defaultdict(list)
    for hop in found:
        for subject, seconds in zip(hop.subjects, hop.seconds, strict=True):
            waits[f"{subject.removeprefix('events.')} → {hop.listener}"].append(float(seconds))
    known = [each for each in waits.items() if len(each[1]) >= FEW]
    return sorted(known, key=lambda each: -percentile(each[1], 99))[:SLOWEST]


def memory(season: Season) -> Iterator[Line]:
    """Tell by how much each program grew at rest while the second half of the work was done."""
    rests, done = at_rest(season)
    late = done >= season.referrals / 2
    yield plain("memory at rest, first → last, and growth a 1,000 referrals", "", number="L4")
    for name in rests[0].memory:
        held = np.array([each.memory[name] for each in rests], dtype=np.float64)
        slope = np.polyfit(done[late], held[late], 1)[0] * 1000 if late.sum() > 1 else np.nan
        most = max(each.memory[name] for each in season.samples)
        word = "flat" if slope < FLAT else "grows"
        yield plain(
            f"  {name}",
            f"{held[0] / MEGABYTE:.0f} → {held[-1] / MEGABYTE:.0f} MB, at most "
            f"{most / MEGABYTE:.0f}; {slope / MEGABYTE:+.2f} MB: {word}",
        )


def at_rest(season: Season) -> tuple[list[Sample], Curve]:
    """Find the look at each rest, and how many referrals' worth of commands was answered by it."""
    answered = np.array([each.answered for each in commands_of(season.answers)])
    looks = np.array([each.at for each in season.samples])
    found = [season.samples[int(np.abs(looks - at).argmin())] for at in season.world.rests]
    done = np.searchsorted(answered, season.world.rests) / len(answered)
    return found, done * season.referrals


def processors(season: Season) -> Iterator[Line]:
    first, last = season.samples[0].processor, season.samples[-1].processor
    spent = {name: last[name] - first[name] for name in first}
    whole = sum(spent.values())
    yield plain(
        "processor time, a referral with its journey",
        f"{whole / season.referrals * 1000:.0f} ms; {whole:.0f} s in all",
        number="L5",
    )
    for name, seconds in spent.items():
        yield plain(f"  {name}", f"{seconds / season.referrals * 1000:.1f} ms")


def disk(season: Season) -> Iterator[Line]:
    before, after = season.before, season.after
    grown = {name: after.databases[name] - before.databases[name] for name in after.databases}
    stream = after.stream_bytes - before.stream_bytes
    messages = after.stream_messages - before.stream_messages
    yield plain(
        "disk, a referral with its journey",
        f"PostgreSQL {sum(grown.values()) / season.referrals / KILOBYTE:.1f} kB, "
        f"NATS {stream / season.referrals / KILOBYTE:.1f} kB",
        number="L6",
    )
    for name, more in grown.items():
        sessions = season.sessions[name]
        yield plain(
            f"  {name}",
            f"{more / season.referrals / KILOBYTE:.1f} kB; {sessions} connections",
        )
    yield plain("  an event in the stream", f"{stream / messages:.0f} bytes of {messages:,}")


def drawn(season: Season, passed: Passages) -> str:
    """Draw throughput, what waits, how old it is, and memory, over the time that was spent."""
    began = season.samples[0].at
    spent = season.samples[-1].at - began
    grid = np.arange(0, spent, max(1.0, spent / POINTS))
    times = began + season.to_time_of_day
    commands = np.array([each.answered - began for each in commands_of(season.answers)])
    panels = [
        Panel(
            title="Commands answered and events announced",
            unit="a second",
            curves={
                "commands": a_second(commands, grid),
                "events": a_second(passed.events - times, grid),
            },
        ),
        Panel(
            title="Lag: events that NATS has not had acknowledged",
            unit="events",
            curves=over_time(season, "waiting", grid),
        ),
        Panel(
            title="Lag: age of the oldest event not yet handled",
            unit="seconds",
            curves={
                name: oldest(passed.to(name), grid + times)
                for name in season.samples[-1].waiting
                if passed.to(name)
            },
        ),
        Panel(
            title="Memory of each program",
            unit="MB",
            curves={
                name: curve / MEGABYTE for name, curve in over_time(season, "memory", grid).items()
            },
        ),
    ]
    return picture(f"September: {title_of(season)}", grid, panels, list(weeks(season, began)))


def a_second(times: Curve, grid: Curve) -> Curve:
    """Spread what happened in each bin evenly over its seconds."""
    inside = times[(times >= 0) & (times <= grid[-1])]
    whole = int(grid[-1] / BIN_SECONDS) + 1
    bins = np.bincount((inside / BIN_SECONDS).astype(int), minlength=whole) / BIN_SECONDS
    spread: Curve = bins[(grid / BIN_SECONDS).astype(int)]
    return spread


def over_time(season: Season, what: str, grid: Curve) -> dict[str, Curve]:
    looks = [each.at - season.samples[0].at for each in season.samples]
    seen = [getattr(each, what) for each in season.samples]
    return {name: np.interp(grid, looks, [each.get(name, 0) for each in seen]) for name in seen[-1]}


def weeks(season: Season, began: float) -> Iterator[Mark]:
    """Mark the beginning of each week; two rests of each, Monday's and Thursday's."""
    for week, at in enumerate(season.world.rests[:-1:2]):
        word = "mentors" if week == 0 else f"week {week - AUGUST + 1}" if week >= AUGUST else ""
        if word:
            yield Mark(at=at - began, word=word)
