"""The sockets of the lines, read together: datagrams on the loopback are there at once."""

import errno
import socket
from contextlib import contextmanager

import pytest

from uponai.edge.ports import NoFreePortError, PortPool, RtpSockets
from uponai.ports import free_port
from uponai.tasks import monotonic_s


class Ear:
    def __init__(self):
        self.heard = []

    def take(self, data, source, at):
        self.heard.append((data, source, at))


@pytest.fixture
def sockets():
    first = (free_port("127.0.0.1", 9) + 1) // 2 * 2
    made = RtpSockets("127.0.0.1", PortPool(first, first + 7, 0.0))
    yield made
    made.shut()


@contextmanager
def line(sockets, ear, reports=None):
    rtp = sockets.open(0)
    sockets.listen(rtp, ear.take, (reports or Ear()).take)
    try:
        yield rtp
    finally:
        sockets.close(rtp, 0)


@pytest.fixture
def far():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound


def test_what_came_is_told_with_its_source_and_when_it_came(sockets, far):
    audio, reports = Ear(), Ear()
    with line(sockets, audio, reports) as rtp:
        before = monotonic_s()
        far.sendto(b"audio", ("127.0.0.1", rtp.port))
        far.sendto(b"report", ("127.0.0.1", rtp.port + 1))
        after = monotonic_s()
        while monotonic_s() < after + 0.03:
            continue
        sockets.read()
        sockets.read()
    ((data, source, at),) = audio.heard
    assert (data, source) == (b"audio", far.getsockname())
    assert before - 0.005 < at < after + 0.005
    assert [entry[0] for entry in reports.heard] == [b"report"]


def test_what_piled_up_before_the_answer_is_not_heard(sockets, far):
    ear = Ear()
    rtp = sockets.open(0)
    far.sendto(b"ringing", ("127.0.0.1", rtp.port))
    sockets.listen(rtp, ear.take, ear.take)
    far.sendto(b"hello", ("127.0.0.1", rtp.port))
    sockets.read()
    sockets.close(rtp, 0)
    assert [data for data, _, _ in ear.heard] == [b"hello"]


def test_a_flood_at_one_line_takes_no_turn_from_another(sockets, far):
    flooded, other = Ear(), Ear()
    with line(sockets, flooded) as one, line(sockets, other) as two:
        for _ in range(2_000):
            far.sendto(b"x", ("127.0.0.1", one.port))
        far.sendto(b"hello", ("127.0.0.1", two.port))
        sockets.read()
        assert [data for data, _, _ in other.heard] == [b"hello"]
        assert 8 < len(flooded.heard) < 300


def test_a_line_that_fails_or_ends_in_the_middle_disturbs_no_other(sockets, far):
    ear = Ear()

    def fail(data, source, at):
        raise RuntimeError("a fault")

    with line(sockets, ear) as rtp:
        failing, ending = sockets.open(0), sockets.open(0)
        sockets.listen(failing, fail, fail)
        sockets.listen(ending, lambda *_: sockets.close(ending, 0), fail)
        for port in (failing.port, ending.port, ending.port, rtp.port):
            far.sendto(b"hello", ("127.0.0.1", port))
        sockets.read()
        sockets.close(failing, 0)
    assert [data for data, _, _ in ear.heard] == [b"hello"]


def test_ipv6_sources_are_told_as_host_and_port():
    first = (free_port("::1", 3) + 1) // 2 * 2
    sockets, ear = RtpSockets("::1", PortPool(first, first + 1, 0.0)), Ear()
    with line(sockets, ear) as rtp, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as far:
        far.bind(("::1", 0))
        far.sendto(b"hello", ("::1", rtp.port))
        sockets.read()
        here = ("::1", far.getsockname()[1])
    sockets.shut()
    assert [source for _, source, _ in ear.heard] == [here]


def test_without_sockets_left_no_other_port_is_tried():
    tried = []

    def full(host, port):
        tried.append(port)
        raise OSError(errno.EMFILE, "too many open files")

    made = RtpSockets("127.0.0.1", PortPool(20_000, 29_999, 0.0), full)
    with pytest.raises(NoFreePortError):
        made.open(0)
    made.shut()
    assert len(tried) == 1


def test_a_socket_for_both_families_knows_ipv4_addresses_as_such():
    first = (free_port("127.0.0.1", 9) + 1) // 2 * 2
    sockets, ear = RtpSockets("::", PortPool(first, first + 7, 0.0)), Ear()
    with line(sockets, ear) as rtp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", 0))
        far.settimeout(5)
        far.sendto(b"in", ("127.0.0.1", rtp.port))
        sockets.read()
        assert [(data, source) for data, source, _ in ear.heard] == [(b"in", far.getsockname())]
        rtp.send(b"out", far.getsockname())
        assert far.recv(10) == b"out" and rtp.dropped == 0
    sockets.shut()
