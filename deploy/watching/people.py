"""The page on people: who waits for a mentor, and for how long."""

from deploy.watching.panels import Dashboard, Panel, Row

WAITING = Row(
    title="Who waits?",
    panels=(
        Panel(
            title="Referrals that wait for a mentor",
            told="All of them; those whose proposal waits for an answer; those nobody suits",
            width=16,
            curves={
                "wait": "max(binome_referrals_waiting)",
                "proposed to a mentor": "max(binome_referrals_proposed)",
                "nobody found": "max(binome_referrals_nobody_found)",
            },
        ),
        Panel(
            title="Mentors who may be proposed",
            told="Approved, and neither paused nor gone; they may be engaged already",
            curves={"mentors": "max(binome_mentors_available)"},
        ),
    ),
)
REPORTED = Row(
    title="Does every report find its reader?",
    panels=(
        Panel(
            title="Oldest report that nobody has read",
            told="Of a danger, by whoever is of a pair; a second coordinator reads it",
            unit="s",
            worry=172_800,
            curves={"age": "max(binome_reports_unread_age_seconds)"},
        ),
    ),
)
MATCHED = Row(
    title="How long do they wait?",
    panels=(
        Panel(
            title="Time to match",
            told="From a referral that waits to its pair, over the pairs of the last 30 days",
            unit="s",
            curves={
                f"p{which}": f"histogram_quantile({which / 100}, "
                "sum by (le) (increase(binome_time_to_match_seconds_bucket[30d])))"
                for which in (50, 90)
            },
        ),
        Panel(
            title="Pairs a day",
            told="Formed in the day before",
            curves={"pairs": "sum(increase(binome_time_to_match_seconds_count[1d]))"},
        ),
        Panel(
            title="Whole-pool runs that wait",
            told="Pieces of runs that are not done: replicas of matching are scaled by it",
            curves={"pieces": "max(binome_work_pieces)"},
        ),
        Panel(
            title="Age of the oldest run",
            told="For how long somebody has waited for a run",
            unit="s",
            worry=900,
            curves={"age": "max(binome_work_age_seconds)"},
        ),
    ),
)

PEOPLE = Dashboard(
    uid="binome-people", title="Binôme · People", rows=(WAITING, REPORTED, MATCHED), since="now-30d"
)
