"""The shapes that most queries have, and whom they ask about."""

OURS = 'service=~"$service"'
# What people and partners ask; not what machines look at every few seconds.
PROBES = "/livez|/readyz.*|/metrics"
ASKED = f'{OURS}, route!~"{PROBES}"'


def quantile(which: float, metric: str, by: str, matching: str = OURS) -> str:
    rates = f"sum by ({by}, le) (rate({metric}_bucket{{{matching}}}[5m]))"
    return f"histogram_quantile({which}, {rates})"


def each_second(metric: str, by: str = "service", matching: str = OURS) -> str:
    return f"sum by ({by}) (rate({metric}{{{matching}}}[5m]))"


def most(metric: str, by: str = "service") -> str:
    return f"max by ({by}) ({metric}{{{OURS}}})"
