"""Compare scenarios on one history: a table on standard output, and files beside it if asked for.

`python -m matching.lab --policy afev.json` invents a season of arrivals under that policy; give it
the inputs of runs, or a history that it wrote, to look at one's own.
"""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from common.contracts.policy import Criterion, Policy
from matching.lab.figures import Row, row_of
from matching.lab.history import History, history_of, under, written
from matching.lab.invention import Size, invented
from matching.lab.picture import picture
from matching.lab.replay import replay
from matching.lab.scenarios import Conduct, Scenario, policy_of, with_weights
from matching.lab.table import comma_separated, markdown
from matching.lab.words import WORDS

REFUSED = 2


def share(text: str) -> float:
    """Read a share; NaN is none, and so is anything beyond 0 and 1."""
    value = float(text)
    if not 0 <= value <= 1:
        raise ArgumentTypeError("a share lies between 0 and 1")
    return value


def days(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ArgumentTypeError("at least one day")
    return value


def count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ArgumentTypeError("a number of people is not negative")
    return value


def weights(text: str) -> dict[Criterion, float]:
    """Read weights as `sector=0.5,hobby=0.5`."""
    pairs = (each.partition("=") for each in text.split(","))
    return {Criterion(name.strip()): share(value) for name, _, value in pairs}


def arguments(given: list[str] | None = None) -> Namespace:
    parser = ArgumentParser(prog="python -m matching.lab", description=__doc__)
    add = parser.add_argument
    add("histories", nargs="*", type=Path, help="a history, or the inputs of runs")
    add("--policy", action="append", default=[], type=Path, help="a policy or a template; repeat")
    add("--batch", nargs="+", type=days, default=[1, 3, 10], help="days between two runs")
    add("--mentors", nargs="*", type=share, default=[0.8], help="shares of the mentors to try")
    add("--weights", action="append", default=[], type=weights, help="sector=0.5,hobby=0.5")
    add("--refusal", type=share, default=0.2, help="chance that a mentor says no")
    add("--answer-days", type=count, default=3, help="days until a mentor answers")
    add("--patience-days", type=days, default=None, help="mean days until a mentee gives up")
    add("--invent", nargs=3, type=count, default=[200, 130, 180], help="mentees, mentors, days")
    add("--seed", type=count, default=0)
    add("--language", choices=list(WORDS), default="fr")
    add("--out", type=Path, default=None, help="a folder for table, picture and history")
    return parser.parse_args(given)


def history_from(asked: Namespace, policies: list[Policy]) -> History:
    if asked.histories:
        read = history_of([each.read_text(encoding="utf-8") for each in asked.histories])
        return under(read, policies[0]) if policies else read
    mentees, mentors, length = asked.invent
    return invented(policies[0], Size(mentees=mentees, mentors=mentors, days=length), asked.seed)


def scenarios(asked: Namespace, history: History, policies: list[Policy]) -> Iterator[Scenario]:
    """Vary one thing at a time around the middle of the batches that are asked for."""
    words = WORDS[asked.language]

    def every(number: int) -> str:
        return words["every_day"] if number == 1 else words["every"].format(days=number)

    for number in asked.batch:
        yield Scenario(name=every(number), every_days=number)
    usual = asked.batch[len(asked.batch) // 2]
    for part in asked.mentors:
        name = f"{every(usual)}, {words['fewer'].format(percent=round(100 * part))}"
        yield Scenario(name=name, every_days=usual, share_of_mentors=part)
    own = history.terms[0].policy
    for given in asked.weights:
        named = " ".join(f"{each}={weight:g}" for each, weight in given.items())
        name = f"{every(usual)}, {words['weights']} {named}"
        yield Scenario(name=name, every_days=usual, policy=with_weights(own, given))
    for path, policy in zip(asked.policy[1:], policies[1:], strict=True):
        yield Scenario(name=f"{every(usual)}, {path.stem}", every_days=usual, policy=policy)


def compared(asked: Namespace) -> tuple[History, list[Row]]:
    policies = [policy_of(path.read_text(encoding="utf-8")) for path in asked.policy]
    history = history_from(asked, policies)
    conduct = Conduct(
        seed=asked.seed,
        refusal=asked.refusal,
        answer_days=asked.answer_days,
        patience_days=asked.patience_days,
    )
    found = list(scenarios(asked, history, policies))
    return history, [row_of(each.name, replay(history, each, conduct)) for each in found]


def refusal_of(error: OSError | ValueError) -> str:
    """Name the first thing that cannot be, in one line."""
    if not isinstance(error, ValidationError):
        return f"refused: {error}\n"
    first = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or "policy"
    return f"refused: {where}: {first['msg']}\n"


def main(given: list[str] | None = None) -> int:
    asked = arguments(given)
    if not (asked.policy or asked.histories):
        sys.stderr.write("refused: give a --policy to invent a history under, or a history\n")
        return REFUSED
    try:
        history, rows = compared(asked)
    except (OSError, ValueError) as error:
        sys.stderr.write(refusal_of(error))
        return REFUSED
    sys.stdout.write(markdown(rows, asked.language))
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "lab.md").write_text(markdown(rows, asked.language), encoding="utf-8")
        (asked.out / "lab.csv").write_text(comma_separated(rows), encoding="utf-8")
        (asked.out / "lab.svg").write_text(picture(rows, asked.language), encoding="utf-8")
        (asked.out / "history.json").write_text(written(history), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
