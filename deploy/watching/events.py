"""The page on events: whether they leave, are heard, and what does not go through."""

from deploy.watching.panels import Dashboard, Panel, Row
from deploy.watching.queries import each_second, most, quantile

LEAVING = Row(
    title="Does what happened leave?",
    panels=(
        Panel(
            title="Events said a second",
            told="Published to the stream, by who says them",
            unit="ops",
            curves={"{{service}}": each_second("binome_events_published_total")},
        ),
        Panel(
            title="Promised and not yet said",
            told="Events that are committed and wait for NATS",
            curves={"{{service}}": most("binome_outbox_depth")},
        ),
        Panel(
            title="Age of the oldest promise",
            told="For how long the oldest of them has waited",
            unit="s",
            worry=60,
            curves={"{{service}}": most("binome_outbox_age_seconds")},
        ),
    ),
)
HEARD = Row(
    title="Is it heard?",
    panels=(
        Panel(
            title="Events heard a second",
            told="Acted upon, by who hears them",
            unit="ops",
            curves={"{{service}}": each_second("binome_event_handle_seconds_count")},
        ),
        Panel(
            title="Events that wait for each consumer",
            told="Not yet acted upon, whether or not they were handed out",
            curves={"{{service}}": most("binome_consumer_pending")},
        ),
        Panel(
            title="Age of the oldest that waits",
            told="For how long the oldest event of a consumer has been seen to wait",
            unit="s",
            worry=300,
            curves={"{{service}}": most("binome_consumer_age_seconds")},
        ),
        Panel(
            title="From the fact to its effect",
            told="Age of events when they are handled, in real time",
            unit="s",
            worry=60,
            curves={
                "{{service}} p50": quantile(0.5, "binome_event_lag_seconds", "service"),
                "{{service}} p99": quantile(0.99, "binome_event_lag_seconds", "service"),
            },
        ),
        Panel(
            title="Time of a handler",
            told="Half of the events, and all but one in a hundred, are handled within",
            unit="s",
            curves={
                "{{service}} p50": quantile(0.5, "binome_event_handle_seconds", "service"),
                "{{service}} p99": quantile(0.99, "binome_event_handle_seconds", "service"),
            },
        ),
        Panel(
            title="Slowest events",
            told="The ten kinds of events whose one in a hundred takes a service longest",
            unit="s",
            curves={
                "{{service}} {{event}}": "topk(10, "
                + quantile(0.99, "binome_event_handle_seconds", "service, event")
                + ")"
            },
        ),
    ),
)
TROUBLE = Row(
    title="What does not go through?",
    panels=(
        Panel(
            title="Deliveries put off",
            told="What an event speaks of is not there yet, or our code failed on it",
            unit="ops",
            curves={
                "{{service}} {{event}}": each_second("binome_event_retries_total", "service, event")
            },
        ),
        Panel(
            title="In quarantine",
            told="Events set aside, which wait for a person: docs/running.md",
            worry=1,
            curves={"{{service}}": most("binome_quarantine_depth")},
        ),
        Panel(
            title="Put aside, by kind",
            told="Refused by the rules, of something unknown, a fault of ours, or malformed",
            unit="ops",
            curves={
                "{{service}} {{kind}}": each_second("binome_event_put_aside_total", "service, kind")
            },
        ),
        Panel(
            title="Heard again and dropped",
            told="Messages that came twice: usual after a restart",
            unit="ops",
            curves={"{{service}}": each_second("binome_event_duplicates_total")},
        ),
        Panel(
            title="Batches of the clock that failed",
            told="Due work that does not get done",
            unit="ops",
            curves={
                "{{service}} {{name}}": each_second("binome_job_failures_total", "service, name")
            },
        ),
        Panel(
            title="Time of due work",
            told="All but one batch in a hundred are done within",
            unit="s",
            curves={
                "{{service}} {{name}}": "topk(10, "
                + quantile(0.99, "binome_job_seconds", "service, name")
                + ")"
            },
        ),
    ),
)

EVENTS = Dashboard(uid="binome-events", title="Binôme · Events", rows=(LEAVING, HEARD, TROUBLE))
