"""Read a spreadsheet in a process apart, which may use little memory and little time.

`python -m intake.imports.reader` takes the file on its input and writes JSON: the rows, or the
name of the reason why there are none. It holds no secret, no connection and no right to write:
whatever a file does to it, the service goes on.
"""

import json
import resource
import sys

from intake.imports import textfile, workbook
from intake.imports.sheet import Sheet, Unreadable

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 10


def limit_oneself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(content: bytes) -> Sheet:
    """Tell what kind of file it is by its first bytes, whatever its name says."""
    if not content.strip():
        raise Unreadable("empty")
    if content.startswith(workbook.OLE):
        sheet = workbook.read_old(content)
    elif content.startswith(workbook.ZIP):
        sheet = workbook.read_workbook(content)
    else:
        sheet = textfile.read_text(content)
    sheet.check_size()
    return sheet


def main() -> None:
    limit_oneself()
    try:
        answer = read(sys.stdin.buffer.read()).as_json()
    except Unreadable as no:
        answer = {"unreadable": no.reason}
    except MemoryError:
        answer = {"unreadable": "too_big"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
