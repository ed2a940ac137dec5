"""Every drill, in the order in which they are held: one table."""

from tests.faults.drills import broker, messages, storage
from tests.faults.drills.drill import Drill

DRILLS = (
    Drill("NATS is killed", broker.dead),
    Drill("NATS is stopped for five seconds", broker.asleep),
    Drill("NATS loses its disk", broker.wiped),
    Drill("the store of NATS is full", broker.full),
    Drill("PostgreSQL is killed", storage.dead),
    Drill("PostgreSQL is restarted", storage.stopped),
    Drill("PostgreSQL is stopped for five seconds", storage.asleep),
    Drill("PostgreSQL is read-only", storage.read_only),
    Drill("messages three times, in no order", messages.thrice_and_in_no_order),
    Drill("messages that nobody can read", messages.malformed),
)
