"""How the NATS server is configured, and what each of its users may do: no more than it must."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from common.streams import CLOCK_STREAM, CLOCK_SUBJECT, EVENTS_STREAM, KEYS_STREAM, KEYS_SUBJECT

GIBIBYTE = 1024**3
FILE_STORE = 4 * GIBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What a user may do beside announcing its own events and hearing those of others."""

    keys: Literal["none", "read", "write"] = "none"


# Who may read a key is a fact of the deployment, said in one place that is easy to audit and
# that no service can change by changing itself: so these names stand here, and nowhere else.
USERS: Mapping[str, Rights] = {
    "intake": Rights(keys="write"),
    "matching": Rights(keys="none"),
    "followup": Rights(keys="read"),
    "training": Rights(keys="read"),
    "reporting": Rights(keys="none"),
    "portal": Rights(keys="read"),
}
# Declares, refills and rebuilds; it is a person or a deployment at work, never a service.
OPERATOR = "operator"
# What the servers of a cluster call themselves among each other: nobody else has this password.
PEER = "peer"
# Where a user asks what it may do: a service looks whether that is too much.
ABOUT_ME = "$SYS.REQ.USER.INFO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One NATS server to be configured."""

    store_dir: Path
    port: int = 4222
    monitoring_port: int = 8222
    cluster_port: int = 6222
    host: str = "127.0.0.1"
    # Below the size of the disk: a full store says no and recovers, a full disk does not.
    max_file_store: int = FILE_STORE
    # How many of them make one cluster; each keeps a copy, so that all may hold as much as one.
    servers: int = 1
    # Only in local mode may anybody move the clock.
    local: bool = False


def configuration(server: Server, passwords: Mapping[str, str] | None = None) -> str:
    """Write the configuration file; without passwords it takes them from its environment."""
    users = ",\n".join(_user(name, passwords, local=server.local) for name in (*USERS, OPERATOR))
    return f"""\
# Written by `python -m common.topology config`. Durations are quoted, with their unit:
# a bare 2m is two million seconds.
listen: "{server.host}:{server.port}"
http: "{server.host}:{server.monitoring_port}"
max_payload: 1048576
ping_interval: "20s"
write_deadline: "10s"
{_cluster(server)}
jetstream {{
  store_dir: {_quoted(str(server.store_dir))}
  # What was acknowledged is on the disk; the default would lose two minutes in a power cut.
  sync_interval: always
  max_file_store: {server.max_file_store}
  max_memory_store: {GIBIBYTE // 16}
}}

# Whoever is not named here has no way in.
accounts {{
  BINOME {{
    jetstream {{
      # The copies of a stream on several servers count one by one.
      max_file: {server.max_file_store * server.servers}
      max_mem: {GIBIBYTE // 16}
    }}
    users: [
{users}
    ]
  }}
}}
"""


def _cluster(server: Server) -> str:
    """Join the other servers; where they are and the password among them, the environment says."""
    if server.servers == 1:
        return ""
    routes = ", ".join(f"$NATS_ROUTE_{place}" for place in range(server.servers))
    return f"""
server_name: $POD_NAME
cluster {{
  name: binome
  listen: "{server.host}:{server.cluster_port}"
  authorization {{
    user: {PEER}
    password: $NATS_PASSWORD_{PEER.upper()}
  }}
  routes: [{routes}]
}}
"""


def may_publish(user: str, *, local: bool) -> list[str]:
    """List the subjects that a user may publish to; everything else is forbidden."""
    if user == OPERATOR:
        return [ABOUT_ME, "events.>", "$KV.>", "$JS.API.>", "$JS.ACK.>", "$JS.FC.>"]
    rights = [
        ABOUT_ME,
        f"events.{user}.>",
        f"$JS.API.STREAM.INFO.{EVENTS_STREAM}",
        f"$JS.API.CONSUMER.INFO.{EVENTS_STREAM}.{user}",
        f"$JS.API.CONSUMER.MSG.NEXT.{EVENTS_STREAM}.{user}",
        f"$JS.ACK.{EVENTS_STREAM}.{user}.>",
    ]
    return [*rights, *_on_clock(local=local), *_on_keys(USERS[user])]


def may_subscribe(user: str) -> list[str]:
    """List the subjects that a user may listen to: the answers to its own questions."""
    return [f"_INBOX.{user}.>"]


def _on_clock(*, local: bool) -> Iterator[str]:
    yield from _reading(CLOCK_STREAM, CLOCK_SUBJECT)
    if local:
        yield f"{CLOCK_SUBJECT}.>"
        yield f"$JS.API.CONSUMER.CREATE.{CLOCK_STREAM}"
        yield f"$JS.API.CONSUMER.CREATE.{CLOCK_STREAM}.>"
        yield f"$JS.API.CONSUMER.INFO.{CLOCK_STREAM}.>"
        yield f"$JS.API.CONSUMER.DELETE.{CLOCK_STREAM}.>"
        yield f"$JS.FC.{CLOCK_STREAM}.>"


def _on_keys(rights: Rights) -> Iterator[str]:
    if rights.keys != "none":
        yield from _reading(KEYS_STREAM, KEYS_SUBJECT)
    if rights.keys == "write":
        yield f"{KEYS_SUBJECT}.>"
        yield f"$JS.API.STREAM.MSG.DELETE.{KEYS_STREAM}"


def _reading(stream: str, subject: str) -> Iterator[str]:
    yield f"$JS.API.STREAM.INFO.{stream}"
    yield f"$JS.API.DIRECT.GET.{stream}.{subject}.>"


def _user(name: str, passwords: Mapping[str, str] | None, *, local: bool) -> str:
    password = f"$NATS_PASSWORD_{name.upper()}" if passwords is None else _quoted(passwords[name])
    publish = ", ".join(_quoted(subject) for subject in may_publish(name, local=local))
    subscribe = ", ".join(_quoted(subject) for subject in may_subscribe(name))
    return f"""\
      {{
        user: {name}
        password: {password}
        permissions: {{
          publish: {{ allow: [{publish}] }}
          subscribe: {{ allow: [{subscribe}] }}
        }}
      }}"""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
