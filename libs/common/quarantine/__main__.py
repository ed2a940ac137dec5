"""Run `python -m common.quarantine <service> list|replay [id …]`."""

import sys

from common.replay import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
