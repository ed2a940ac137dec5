"""How each rule about what workloads are to each other is broken, and what it then says."""

from deploy.check import broker, doors, network, watched
from tests.deploy.pieces import (
    add_trigger,
    alert,
    box,
    nats_conf,
    settings,
    spec,
    trigger,
)

BROKEN = [
    (
        network.selected,
        lambda all_: spec(all_, "nobody", "NetworkPolicy").update(policyTypes=["Ingress"]),
        "no NetworkPolicy denies what no other allows",
    ),
    (
        network.ways,
        lambda all_: spec(all_, "binome-reporting", "NetworkPolicy").update(
            ingress=[{}], egress=[{}]
        ),
        "reporting may talk to reporting at 8000, and should not",
    ),
    (
        network.ways,
        lambda all_: spec(all_, "portal-asks", "NetworkPolicy").update(egress=[]),
        "portal may not talk to intake at 8000, and must",
    ),
    (
        network.leaving,
        lambda all_: spec(all_, "binome-reporting", "NetworkPolicy")["egress"].append(
            {"ports": [{"port": 443}]}
        ),
        "reporting may leave the cluster at 443, and should not",
    ),
    (
        network.leaving,
        lambda all_: spec(all_, "nats", "NetworkPolicy").update(
            egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]
        ),
        "nats may leave the cluster at any port, and should not",
    ),
    (
        broker.configured,
        lambda all_: nats_conf(all_, "sync_interval: always", 'sync_interval: "2m"'),
        "nats.conf is not what the topology says",
    ),
    (
        broker.configured,
        lambda all_: nats_conf(all_, '"events.matching.>"', '"events.>"'),
        "nats.conf is not what the topology says",
    ),
    (
        broker.configured,
        lambda all_: spec(all_, "nats", "StatefulSet")["volumeClaimTemplates"][0]["spec"][
            "resources"
        ]["requests"].update(storage="40Gi"),
        "is not below its disk of 40Gi",
    ),
    (
        broker.accepted,
        lambda all_: nats_conf(all_, "sync_interval: always", "sync_intervall: always"),
        "the NATS server refuses nats.conf",
    ),
    (
        broker.accepted,
        lambda all_: box(all_, "nats", "StatefulSet").update(envFrom=[]),
        "the NATS server refuses nats.conf",
    ),
    (
        broker.scaled,
        lambda all_: trigger(all_).update(consumer="matchmaking"),
        "ScaledObject binome-matching: the topology declares no consumer matchmaking",
    ),
    (
        broker.scaled,
        lambda all_: trigger(all_).update(stream="EVENTS"),
        "the topology declares no stream EVENTS",
    ),
    (
        broker.scaled,
        lambda all_: trigger(all_).update(account="$G"),
        "NATS has no account $G",
    ),
    (
        broker.scaled,
        lambda all_: trigger(all_).update(natsServerMonitoringEndpoint="nats.other.svc:8222"),
        "nothing listens at nats.other.svc:8222",
    ),
    (
        broker.scaled,
        lambda all_: add_trigger(all_, "prometheus", query="max(binome_runs_waiting)"),
        "ScaledObject binome-matching: no service measures binome_runs_waiting",
    ),
    (
        broker.scaled,
        lambda all_: add_trigger(all_, "prometheus", query="max(binome_work_pieces"),
        "max(binome_work_pieces cannot be read",
    ),
    (
        broker.scaled,
        lambda all_: add_trigger(all_, "cron", timezone="Europe/Paris"),
        "the rules know no trigger cron",
    ),
    (
        broker.scaled,
        lambda all_: spec(all_, "binome-matching").update(replicas=3),
        "each apply would undo the scaling",
    ),
    (
        broker.scaled,
        lambda all_: spec(all_, "binome-portal", "HorizontalPodAutoscaler")[
            "scaleTargetRef"
        ].update(name="portal"),
        "there is no such Deployment",
    ),
    (
        doors.services,
        lambda all_: spec(all_, "binome-intake", "Service")["ports"][0].update(targetPort="web"),
        "Service binome-intake: nobody has a port web",
    ),
    (
        doors.ingress,
        lambda all_: spec(all_, "binome", "Ingress").update(tls=[]),
        "binome.example has no certificate",
    ),
    (
        doors.ingress,
        lambda all_: spec(all_, "binome", "Ingress")["rules"][0]["http"]["paths"][0]["backend"][
            "service"
        ].update(name="portal"),
        "Ingress: there is no Service portal",
    ),
    (
        doors.machines,
        lambda all_: spec(all_, "binome", "Ingress")["rules"][1]["http"]["paths"].pop(1),
        "Ingress: intake.api.binome.example/metrics is open to everybody",
    ),
    (
        doors.public_name,
        lambda all_: settings(all_, "binome-portal-settings").update(PUBLIC_URL="https://a.b"),
        "PUBLIC_URL is https://a.b, and no Ingress knows that host",
    ),
    (
        watched.monitors,
        lambda all_: spec(all_, "binome", "PodMonitor")["selector"]["matchLabels"].update(a="b"),
        "Deployment binome-intake: nobody asks it for its metrics",
    ),
    (
        watched.monitors,
        lambda all_: spec(all_, "binome", "PodMonitor")["podMetricsEndpoints"][0].update(
            port="web"
        ),
        "PodMonitor: no service has a port web",
    ),
    (
        watched.monitors,
        lambda all_: spec(all_, "binome", "PodMonitor")["podMetricsEndpoints"][0].update(path="/m"),
        "PodMonitor: no service has a page /m",
    ),
    (
        watched.alerts,
        lambda all_: alert(all_).update(expr="binome_no_such_thing > 0"),
        "BinomeServiceDown: no service measures binome_no_such_thing",
    ),
    (
        watched.alerts,
        lambda all_: alert(all_).update(expr="sum by (service (up)"),
        "cannot be read: unclosed",
    ),
]
