"""Run `python -m common.quarantine <service> list|replay|drop [id …]`."""

import sys

from common.logs import write_json
from common.replay import main

if __name__ == "__main__":
    # What became of each message is the answer; of a fault the log says more, and no name.
    write_json("error")
    sys.exit(main(sys.argv[1:]))
