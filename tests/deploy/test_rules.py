"""Each rule sees what it is there to see: a manifest is broken, and the rule says how."""

import shutil

import pytest

from common.server import Server, configuration
from deploy.check import broker, doors, network, schemas, shape, told
from deploy.check.__main__ import RULES, complaints, main
from deploy.check.rendering import HERE, NotRendered, Rendered, render


def of(rendered, kind, name):
    found = rendered.named(kind, name)
    assert found is not None
    return found


def spec(rendered, name="binome-intake", kind="Deployment"):
    return of(rendered, kind, name)["spec"]


def pod(rendered, name="binome-intake", kind="Deployment"):
    return spec(rendered, name, kind)["template"]["spec"]


def box(rendered, name="binome-intake", kind="Deployment"):
    return pod(rendered, name, kind)["containers"][0]


def settings(rendered, name):
    [found] = (
        each["data"]
        for each in rendered.of_kind("ConfigMap")
        if each["metadata"]["name"].startswith(name)
    )
    return found


def without(rendered, kind, name):
    kept = (
        each
        for each in rendered.manifests
        if (each["kind"], each["metadata"]["name"]) != (kind, name)
    )
    return Rendered(tuple(kept))


def trigger(rendered):
    return spec(rendered, "binome-matching", "ScaledObject")["triggers"][0]["metadata"]


def add_trigger(rendered, kind, **metadata):
    triggers = spec(rendered, "binome-matching", "ScaledObject")["triggers"]
    triggers.append({"type": kind, "metadata": metadata})


def nats_conf(rendered, old, new):
    data = settings(rendered, "nats-")
    assert old in data["nats.conf"]
    data["nats.conf"] = data["nats.conf"].replace(old, new)


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


def test_both_overlays_keep_every_rule(overlay):
    assert complaints(overlay) == []


@pytest.mark.parametrize(("rule", "break_it", "said"), BROKEN)
def test_what_is_broken_is_told(copy_of, rule, break_it, said):
    broken = copy_of("collective")
    assert list(rule(broken)) == []

    break_it(broken)

    found = list(rule(broken))
    assert any(said in each for each in found), found


def test_every_rule_was_broken_once():
    assert {rule for rule, _, _ in BROKEN} == {*RULES}


def test_a_workload_without_a_policy_of_its_own_is_told(copy_of):
    broken = copy_of("small")
    without_postgres = without(broken, "NetworkPolicy", "postgres")
    assert "StatefulSet postgres: no NetworkPolicy selects it" in [
        *network.selected(without_postgres)
    ]


def test_a_service_that_reaches_another_is_told(copy_of):
    open_to_all = copy_of("small")
    spec(open_to_all, "binome-matching", "NetworkPolicy")["egress"].append({})
    spec(open_to_all, "services-answer", "NetworkPolicy")["ingress"].append({})
    assert "matching may talk to followup at 8000, and should not" in [*network.ways(open_to_all)]


def test_an_overlay_that_cannot_be_rendered_is_told(tmp_path):
    shutil.copytree(HERE, tmp_path / "k8s")
    (tmp_path / "k8s" / "base" / "network.yaml").unlink()
    with pytest.raises(NotRendered, match=r"network\.yaml"):
        render(tmp_path / "k8s" / "overlays" / "small")


def test_a_configuration_for_another_number_of_servers_is_told(copy_of, tmp_path):
    broken = copy_of("small")
    settings(broken, "nats-")["nats.conf"] = configuration(Server(store_dir=tmp_path, servers=3))
    assert any("not what the topology says" in each for each in broker.configured(broken))


def test_an_overlay_of_ones_own_is_held_against_the_same_rules(tmp_path, capsys):
    shutil.copytree(HERE, tmp_path / "k8s")
    own = tmp_path / "k8s" / "overlays" / "own"
    own.mkdir()
    kustomization = own / "kustomization.yaml"
    kustomization.write_text("resources: [../small]\nimages: [{name: nats, newTag: latest}]\n")

    assert main([str(own)]) == 1
    assert capsys.readouterr().err == "own: StatefulSet nats: its image nats:latest may be any\n"

    kustomization.write_text("resources: [../small]\n")
    assert main([str(own)]) == 0


def test_a_metric_that_a_service_measures_may_be_scaled_on(copy_of):
    scaled = copy_of("collective")
    add_trigger(scaled, "prometheus", query="max(binome_consumer_pending)")
    assert list(broker.scaled(scaled)) == []
