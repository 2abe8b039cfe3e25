"""Free ports: not held, not twice, not from where the system takes its own."""

import socket

import pytest

from uponai.ports import free_port


def test_ports_are_free_for_both_kinds_and_differ():
    ports = [free_port("127.0.0.1") for _ in range(50)]
    assert len(set(ports)) == 50
    assert all(10_000 <= port < 20_000 for port in ports)


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_port_that_somebody_holds_is_passed_over(kind):
    following = free_port("127.0.0.1") + 1
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", following))
        assert free_port("127.0.0.1") != following


def test_an_address_of_somebody_else_is_said():
    with pytest.raises(OSError, match="assign"):
        free_port("192.0.2.1")
