"""What a Prometheus that runs does not see, does not decide or cannot answer is told."""

import httpx
import pytest

from deploy.check.network import SERVICES
from deploy.watching import live
from deploy.watching.live import ALERTS, QUERIES, look

ALL_SEEN = [
    {
        "labels": {"job": "binome", "service": name},
        "scrapeUrl": name,
        "health": "up",
        "lastError": "",
    }
    for name in SERVICES
]
ALL_DECIDED = [{"name": rule["alert"], "health": "ok"} for rule in ALERTS]
ASKED_BADLY = next(iter(QUERIES))


def prometheus(targets=ALL_SEEN, rules=ALL_DECIDED, refused=None, found=1):
    """Answer as Prometheus does."""

    def answer(request):
        if request.url.path.endswith("/targets"):
            return told({"activeTargets": targets})
        if request.url.path.endswith("/rules"):
            return told({"groups": [{"rules": rules}]})
        query = request.url.params["query"]
        assert "$" not in query
        if query == refused:
            return httpx.Response(400, json={"status": "error", "error": "cannot be read"})
        return told({"result": [{}] * found})

    return httpx.Client(base_url="http://prometheus", transport=httpx.MockTransport(answer))


def told(data):
    return httpx.Response(200, json={"status": "success", "data": data})


def test_of_a_prometheus_that_sees_all_nothing_is_told(capsys):
    assert [*look(prometheus())] == []
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("around", "wrong"),
    [
        ({"targets": ALL_SEEN[1:]}, "intake: no address of it is known"),
        (
            {"targets": [{**ALL_SEEN[0], "health": "down", "lastError": "gone"}, *ALL_SEEN[1:]]},
            "intake at intake: gone",
        ),
        ({"rules": ALL_DECIDED[1:]}, "BinomeServiceDown: not loaded"),
        (
            {"rules": [{**ALL_DECIDED[0], "health": "err"}, *ALL_DECIDED[1:]]},
            "BinomeServiceDown: err",
        ),
        (
            {"refused": QUERIES[ASKED_BADLY].replace("$service", ".*")},
            f"{ASKED_BADLY}: cannot be read",
        ),
    ],
)
def test_what_is_wrong_is_told(around, wrong):
    assert [*look(prometheus(**around))] == [wrong]


def test_a_query_that_finds_nothing_is_told_and_is_not_wrong(capsys):
    assert [*look(prometheus(found=0))] == []
    assert capsys.readouterr().out.count("nothing yet") == len(QUERIES)


def test_a_prometheus_is_asked_by_its_address(monkeypatch, capsys):
    blind = prometheus(targets=[])
    monkeypatch.setattr(httpx, "Client", lambda **_: blind)

    assert live.main(["http://prometheus"]) == 1
    assert "intake: no address of it is known" in capsys.readouterr().out
