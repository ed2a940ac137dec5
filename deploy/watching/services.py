"""The page on services: whether all are there, answer people, and have room."""

from deploy.watching.panels import Dashboard, Panel, Row
from deploy.watching.queries import ASKED, OURS, each_second, most, quantile

FIRING = (
    'sum by (alertname, severity, service) (ALERTS{alertstate="firing", alertname=~"Binome.+"})'
)
FAILED = each_second("binome_http_seconds_count", matching=f'{ASKED}, status="5xx"')
ANSWERED = each_second("binome_http_seconds_count", matching=ASKED)

THERE = Row(
    title="Is everybody there?",
    panels=(
        Panel(
            title="Alerts that fire",
            told="What each means and what to do: docs/operations/alerts.md",
            kind="table",
            curves={"": FIRING},
        ),
        Panel(
            title="Replicas that answer",
            told="How many of each service Prometheus reached",
            curves={"{{service}}": f'sum by (service) (up{{job="binome", {OURS}}})'},
        ),
        Panel(
            title="What readiness asks for",
            told="1: every replica says yes. 0: at least one says no",
            curves={
                "{{service}}: {{check}}": f"min by (service, check) (binome_check_passes{{{OURS}}})"
            },
        ),
    ),
)
REQUESTS = Row(
    title="Do people get answers?",
    panels=(
        Panel(
            title="Requests a second",
            told="Traffic, without what machines ask",
            unit="reqps",
            curves={"{{service}}": ANSWERED},
        ),
        Panel(
            title="Share that fails",
            told="Answers of 500 and above: faults of ours, or a server that is away",
            unit="percentunit",
            worry=0.02,
            curves={"{{service}}": f"({FAILED} or 0 * {ANSWERED}) / {ANSWERED}"},
        ),
        Panel(
            title="Time to the answer",
            told="Half of the requests, and all but one in a hundred, are answered within",
            unit="s",
            worry=2,
            curves={
                "{{service}} p50": quantile(0.5, "binome_http_seconds", "service", ASKED),
                "{{service}} p99": quantile(0.99, "binome_http_seconds", "service", ASKED),
            },
        ),
        Panel(
            title="Slowest routes",
            told="The ten routes whose one request in a hundred takes longest",
            unit="s",
            curves={
                "{{service}} {{method}} {{route}}": "topk(10, "
                + quantile(0.99, "binome_http_seconds", "service, method, route", ASKED)
                + ")"
            },
        ),
        Panel(
            title="Faults by kind",
            told="Requests that ended in a fault of our code",
            unit="reqps",
            curves={
                "{{service}} {{error}}": each_second("binome_http_faults_total", "service, error")
            },
        ),
        Panel(
            title="Answers given again",
            told="Commands that came a second time and got their kept answer",
            unit="reqps",
            curves={"{{service}}": each_second("binome_http_replayed_total")},
        ),
    ),
)
ROOM = Row(
    title="Is there room?",
    panels=(
        Panel(
            title="Processors",
            told="How many processors each replica keeps busy",
            curves={
                "{{service}} {{instance}}": "sum by (service, instance)"
                f" (rate(process_cpu_seconds_total{{{OURS}}}[5m]))"
            },
        ),
        Panel(
            title="Memory",
            told="What each replica holds",
            unit="bytes",
            curves={
                "{{service}} {{instance}}": most(
                    "process_resident_memory_bytes", "service, instance"
                )
            },
        ),
        Panel(
            title="How late the event loop is",
            told="Above one second, something blocks everything else in that process",
            unit="s",
            worry=1,
            curves={"{{service}}": most("binome_loop_lag_seconds")},
        ),
        Panel(
            title="Connections to PostgreSQL",
            told="Share of its connections that a replica uses; at 100 % requests queue",
            unit="percentunit",
            worry=1,
            curves={
                "{{service}}": f"max by (service) (binome_database_connections{{{OURS}}}"
                f" / binome_database_connections_most{{{OURS}}})"
            },
        ),
        Panel(
            title="Open files",
            told="Share of the files and sockets that a replica may open",
            unit="percentunit",
            worry=0.8,
            curves={
                "{{service}}": f"max by (service) (process_open_fds{{{OURS}}}"
                f" / process_max_fds{{{OURS}}})"
            },
        ),
        Panel(
            title="Room in the stream of events",
            told="Share of what NATS may hold; a full stream says no, and events wait",
            unit="percentunit",
            worry=0.8,
            curves={"used": "max(binome_stream_bytes / (binome_stream_bytes_most > 0))"},
        ),
        Panel(
            title="Size of the databases",
            told="What each holds on the disk of PostgreSQL, all that is written ahead left out",
            unit="bytes",
            curves={"{{service}}": most("binome_database_bytes")},
        ),
    ),
)

SERVICES = Dashboard(uid="binome-services", title="Binôme · Services", rows=(THERE, REQUESTS, ROOM))
