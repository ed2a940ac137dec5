"""Each rule sees what it is there to see: a manifest is broken, and the rule says how."""

import shutil

import pytest

from common.server import Server, configuration
from deploy.check import broker, network
from deploy.check.__main__ import RULES, complaints, main
from deploy.check.rendering import HERE, NotRendered, render
from tests.deploy import breaking_together, breaking_workloads
from tests.deploy.pieces import add_trigger, settings, spec, without

BROKEN = [*breaking_workloads.BROKEN, *breaking_together.BROKEN]


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


def test_nobody_leaves_for_a_database_where_there_is_one(copy_of):
    broken = copy_of("small")
    away = [{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}], "ports": [{"port": 5432}]}]
    spec(broken, "bootstrap", "NetworkPolicy").update(egress=away)
    assert [*network.leaving(broken)] == ["bootstrap may leave the cluster at 5432, and should not"]


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
