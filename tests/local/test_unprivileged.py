"""An ordinary user starts the same servers as root does."""

import os
import pwd
import subprocess
import sys

from local.platform import PYTHON_PATH

# Everything is imported before root's rights are given up: root's Python may be closed to others.
SERVE = """
import os, pwd, sys
from pathlib import Path
from encodings import idna
from common.server import OPERATOR
from local.nats import Nats
from local.ports import free_ports
from local.postgres import Postgres
from local.secrets import Secrets

if os.getuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
home = Path(sys.argv[1])
secrets = Secrets.kept_in(home / "secrets.json")
first, second, third = free_ports(3)
postgres = Postgres(
    home=home / "postgres", port=first, passwords=secrets.postgres, log=home / "postgres.log"
)
nats = Nats(
    home=home / "nats", port=second, monitoring_port=third, passwords=secrets.nats,
    log=home / "nats.log",
)
postgres.start()
nats.start()
print(os.getuid(), postgres.account, nats.is_running, postgres.query("select 1"))
nats.stop()
postgres.stop()
"""


def test_an_ordinary_user_starts_both_servers(open_folder):
    home = open_folder / "of an ordinary user"
    home.mkdir(mode=0o700)
    user = pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else os.getuid()
    os.chown(home, user, -1)

    done = subprocess.run(
        [sys.executable, "-c", SERVE, home],
        env={"PYTHONPATH": PYTHON_PATH},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == f"{user} None True ['1']\n", done.stderr
    assert (home / "postgres" / "PG_VERSION").stat().st_uid == user
