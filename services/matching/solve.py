"""The process that computes runs beside a replica: `python -m matching.solve`, started by it.

It is told the time, line by line on standard input; for each line it does one piece of what is
due, with a connection of its own, and answers 1, or 0 if there was nothing to take.
"""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TextIO

from sqlalchemy.ext.asyncio import AsyncEngine

from common import database
from common.logs import write_json
from common.settings import Settings, load
from matching.handlers.solving import next_piece

# Answers to people come before a computation that nobody waits for by the second.
LESS_URGENT = 5
PR_SET_PDEATHSIG = 1


def answer(lines: Iterable[str], engine: AsyncEngine, instance: str, answers: TextIO) -> None:
    with asyncio.Runner() as runner:
        for line in lines:
            now = datetime.fromisoformat(line.strip())
            done = runner.run(next_piece(engine, now, instance))
            answers.write(f"{int(done)}\n")
            answers.flush()


def end_with_the_service() -> None:
    """Have Linux end this process with who started it, even in the middle of a computation."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def answers_alone() -> TextIO:
    """Keep standard output for answers; whatever else is printed goes where errors go."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def main() -> None:
    end_with_the_service()
    # Ctrl-C is for the service: it ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(LESS_URGENT)
    settings = load(Settings)
    answers = answers_alone()
    write_json(settings.log_level, "matching")
    engine = database.connect_patiently(str(settings.database_url))
    answer(sys.stdin, engine, settings.instance, answers)


if __name__ == "__main__":
    main()
