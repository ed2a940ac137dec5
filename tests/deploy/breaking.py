"""How each rule is broken, and what it then says."""

from deploy.check import backups, broker, doors, network, schemas, shape, told
from tests.deploy.pieces import add_trigger, box, job, nats_conf, of, pod, settings, spec, trigger

BROKEN = [
    (schemas.rule, lambda all_: spec(all_).update(replica=2), "'replica' was unexpected"),
    (schemas.rule, lambda all_: spec(all_).pop("selector"), "'selector' is a required property"),
    (
        schemas.rule,
        lambda all_: trigger(all_).update(lagThreshold=1000),
        "1000 is not of type 'string'",
    ),
    (
        schemas.rule,
        lambda all_: spec(all_, "binome-matching", "ScaledObject").update(minReplica=2),
        "'minReplica' was unexpected",
    ),
    (
        schemas.rule,
        lambda all_: of(all_, "Ingress", "binome").update(apiVersion="networking.k8s.io/v1beta9"),
        "no schema for networking.k8s.io/v1beta9",
    ),
    (
        shape.probes,
        lambda all_: box(all_).pop("readinessProbe"),
        "Deployment binome-intake: has no readinessProbe",
    ),
    (
        shape.probes,
        lambda all_: box(all_)["livenessProbe"]["httpGet"].update(path="/health"),
        "livenessProbe asks for a page that no service has",
    ),
    (
        shape.probes,
        lambda all_: box(all_)["livenessProbe"]["httpGet"].update(port="web"),
        "livenessProbe asks at a port that it does not have",
    ),
    (
        shape.limits,
        lambda all_: box(all_)["resources"]["limits"].pop("memory"),
        "service has no memory among its limits",
    ),
    (
        shape.limits,
        lambda all_: pod(all_, "binome-bootstrap-portal", "Job")["initContainers"][0].pop(
            "resources"
        ),
        "declare has no cpu among its requests",
    ),
    (
        shape.rights,
        lambda all_: box(all_)["securityContext"].update(readOnlyRootFilesystem=False),
        "service wants readOnlyRootFilesystem: True",
    ),
    (
        shape.rights,
        lambda all_: box(all_)["securityContext"]["capabilities"].update(add=["NET_ADMIN"]),
        "service wants capabilities: {'drop': ['ALL']}",
    ),
    (
        shape.rights,
        lambda all_: pod(all_, "nats", "StatefulSet")["securityContext"].pop("runAsNonRoot"),
        "StatefulSet nats: may run as root",
    ),
    (
        shape.rights,
        lambda all_: pod(all_)["securityContext"].pop("seccompProfile"),
        "wants seccompProfile: RuntimeDefault",
    ),
    (
        shape.rights,
        lambda all_: pod(all_).update(automountServiceAccountToken=True),
        "is given a token of Kubernetes",
    ),
    (
        shape.spread,
        lambda all_: pod(all_).pop("topologySpreadConstraints"),
        "Deployment binome-intake: is not spread over nodes",
    ),
    (
        shape.spread,
        lambda all_: spec(all_, "nats", "PodDisruptionBudget")["selector"].update(
            matchLabels={"some": "other"}
        ),
        "StatefulSet nats: has no PodDisruptionBudget",
    ),
    (
        shape.images,
        lambda all_: box(all_).update(image="binome/intake:latest"),
        "its image binome/intake:latest may be any",
    ),
    (
        shape.images,
        lambda all_: box(all_).update(image="binome/intake"),
        "its image binome/intake may be any",
    ),
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
        told.rule,
        lambda all_: settings(all_, "binome-settings").update(LOG_LEVL="debug"),
        "Deployment binome-intake: LOG_LEVL is no setting of intake",
    ),
    (
        told.rule,
        lambda all_: settings(all_, "binome-settings").pop("MODE"),
        "Deployment binome-intake: MODE is not set",
    ),
    (
        told.rule,
        lambda all_: settings(all_, "binome-portal-settings").pop("INTAKE_URL"),
        "Deployment binome-portal: INTAKE_URL is not set",
    ),
    (
        told.rule,
        lambda all_: settings(all_, "binome-settings").update(HTTP_PORT="http"),
        "HTTP_PORT is wrong",
    ),
    (
        told.rule,
        lambda all_: box(all_)["envFrom"][0]["secretRef"].update(name="binome-all"),
        "Deployment binome-intake: nobody makes the Secret binome-all",
    ),
    (
        told.rule,
        lambda all_: box(all_)["envFrom"][0]["secretRef"].update(name="binome-matching"),
        "Deployment binome-intake: KEY_ENCRYPTION_KEY is not set",
    ),
    (
        told.rule,
        lambda all_: settings(all_, "binome-topology").update(STREAM_REPLICAS="1"),
        "STREAM_REPLICAS=1 is not the number of the NATS servers",
    ),
    (
        told.rule,
        lambda all_: box(all_, "binome-bootstrap-intake", "Job").update(envFrom=[]),
        "Job binome-bootstrap-intake: DATABASE_URL is not set",
    ),
    (
        backups.rule,
        lambda all_: job(all_, "binome-backup-keys")["containers"][0].update(
            command=["python", "-m", "common.backup", "intake", "/backup"]
        ),
        "nothing backs up keys",
    ),
    (
        backups.rule,
        lambda all_: job(all_, "binome-backup-portal")["containers"][0]["envFrom"][0].update(
            secretRef={"name": "binome-intake"}
        ),
        "CronJob binome-backup-portal: must be told what portal is told, and nothing else",
    ),
    (
        backups.rule,
        lambda all_: job(all_, "binome-backup-intake")["volumes"][0].update(
            persistentVolumeClaim={"claimName": "binome-backup-keys"}
        ),
        "CronJob binome-backup-intake: its backups lie beside those of the keys",
    ),
    (
        told.references,
        lambda all_: pod(all_, "nats", "StatefulSet")["volumes"][0]["configMap"].update(name="x"),
        "StatefulSet nats: there is no ConfigMap x",
    ),
    (
        told.references,
        lambda all_: spec(all_, "nats", "ExternalSecret")["target"].update(name="brokers"),
        "the vault brings",
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
        doors.public_name,
        lambda all_: settings(all_, "binome-portal-settings").update(PUBLIC_URL="https://a.b"),
        "PUBLIC_URL is https://a.b, and no Ingress knows that host",
    ),
]
