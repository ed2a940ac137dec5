"""Every drill, in the order in which they are held: one table."""

from tests.faults.drills import (
    backlog,
    broker,
    clocks,
    kills,
    messages,
    power,
    replicas,
    restored,
    slowness,
    storage,
)
from tests.faults.drills.drill import Drill

DRILLS = (
    Drill("every service is killed at every place", kills.everywhere),
    Drill("every service is killed and starts cold", kills.cold),
    Drill("NATS is killed", broker.dead),
    Drill("NATS is stopped for five seconds", broker.asleep),
    Drill("NATS loses its disk", broker.wiped),
    Drill("the store of NATS is full", broker.full),
    Drill("the power of NATS is cut", power.nats_of_platform),
    Drill("the power of NATS alone is cut", power.nats_alone),
    Drill("PostgreSQL is killed", storage.dead),
    Drill("PostgreSQL is restarted", storage.stopped),
    Drill("PostgreSQL is stopped for five seconds", storage.asleep),
    Drill("PostgreSQL is read-only", storage.read_only),
    Drill("the power of PostgreSQL is cut", power.postgres_of_platform),
    Drill("the power of PostgreSQL alone is cut", power.postgres_alone),
    Drill("all is lost and restored from backups", restored.from_backup),
    Drill("messages three times, in no order", messages.thrice_and_in_no_order),
    Drill("messages that nobody can read", messages.malformed),
    Drill("a service stands still, then crawls", slowness.slow),
    Drill("a clock is two hours off", clocks.two_hours_off),
    Drill("rolling restart of every service", replicas.rolled),
    Drill("matching scaled 1, 4, 1", replicas.scaled),
    Drill("ten thousand events wait", backlog.drained),
)
