"""Where everything listens, and what is said when somebody else does."""

import socket

import pytest

from local.lock import Lock, holder
from local.ports import HOST, Ports
from local.trouble import Trouble


def test_a_taken_port_is_named_with_the_variable_that_moves_it():
    with socket.create_server((HOST, 0)) as somebody_else:
        port = somebody_else.getsockname()[1]

        with pytest.raises(Trouble, match=rf"port {port} \(nats\) is taken; .*BINOME_NATS_PORT"):
            Ports(**(vars_of(Ports.free()) | {"nats": port})).refuse_busy()


def vars_of(ports):
    return {name: ports.of(name) for name in Ports.__dataclass_fields__}


def test_a_variable_moves_one_port():
    assert Ports.from_environment({"BINOME_NATS_PORT": "4222"}) == Ports(nats=4222)


def test_a_base_moves_them_all():
    ports = Ports.counted_from(9000)

    assert sorted(vars_of(ports).values()) == list(range(9000, 9009))
    assert ports.portal == 9000


def test_free_ports_differ():
    assert len(set(vars_of(Ports.free()).values())) == 9


def test_a_held_lock_names_its_holder(tmp_path):
    with Lock(tmp_path / "lock"), pytest.raises(Trouble, match=r"already runs.*make down"):
        Lock(tmp_path / "lock").__enter__()


def test_a_lock_that_was_let_go_can_be_taken(tmp_path):
    with Lock(tmp_path / "lock"):
        assert holder(tmp_path / "lock") is not None

    assert holder(tmp_path / "lock") is None
