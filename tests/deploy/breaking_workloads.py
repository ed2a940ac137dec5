"""How each rule about one workload is broken, and what it then says."""

from deploy.check import backups, schemas, shape, told
from tests.deploy.pieces import (
    alert,
    box,
    job,
    of,
    pod,
    settings,
    spec,
    trigger,
)

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
        lambda all_: spec(all_, "binome-backup-keys", "CronJob").pop("startingDeadlineSeconds"),
        "CronJob binome-backup-keys: may never start again, once a hundred times were missed",
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
        schemas.rule,
        lambda all_: alert(all_).update(runbook="docs/operations/alerts.md"),
        "'runbook' was unexpected",
    ),
    (
        schemas.rule,
        lambda all_: spec(all_, "binome", "PodMonitor").update(port="http"),
        "'port' was unexpected",
    ),
]
