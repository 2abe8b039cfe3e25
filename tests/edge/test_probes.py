"""Servers of trunks that are asked whether they are there, and what their silence changes."""

import asyncio

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.edges import an_edge, dial
from tests.fakes.name_server import name_server
from tests.patience import patience
from tests.virtual_time import run

from uponai.carriers.base import LinesHeld
from uponai.carriers.sip import EdgeAddress, SipCarrier
from uponai.edge.probes import TrunkProbes, parse_trunk
from uponai.edge.pulse import MISSES, Pulse
from uponai.link import control
from uponai.sip.hop import Transport
from uponai.sip.locate import Server
from uponai.sip.message import response_to, serialise
from uponai.sip.parse import parse_datagram
from uponai.tasks import spawn


@given(st.lists(st.booleans(), max_size=40))
def test_a_server_is_down_after_three_silences_in_a_row_and_up_with_any_answer(answers):
    pulse, told = Pulse(), []
    for at, answer in enumerate(answers):
        before = pulse.is_down
        turned = pulse.answered() if answer else pulse.missed()
        last = answers[max(0, at - MISSES + 1) : at + 1]
        assert pulse.is_down is (len(last) == MISSES and not any(last))
        assert turned is (before is not pulse.is_down)
        told += [pulse.is_down] if turned else []
    assert told == [n % 2 == 0 for n in range(len(told))]


@pytest.mark.parametrize("text", ["trunk.example", "tel:+1555", "sip:", "sip:h;transport=sctp"])
def test_a_trunk_that_cannot_be_asked_is_refused(text):
    with pytest.raises(ValueError, match=r"expected sip:host"):
        parse_trunk(text)


class SilentNet:
    """In place of SIP: names that lead somewhere, and nobody who answers."""

    def __init__(self, *hosts):
        self.hosts = list(hosts)
        self.asked = []
        self.sockets = self.resolver = self

    async def locate(self, host, port, transport):
        return [Server(host, port or 5060, transport or Transport.UDP) for host in self.hosts]

    async def addresses(self, host):
        return (host,)

    def handle(self, event):
        self.asked.append(event.destination.host)


def test_a_server_that_the_dns_names_no_longer_is_not_down_it_is_none():
    async def watched():
        net, changes = SilentNet("192.0.2.1", "192.0.2.2"), []
        probes = TrunkProbes(net, lambda: changes.append(probes.states()))
        probes.start(("sip:trunk.example",), 30, "192.0.2.9")
        await asyncio.sleep(100)
        assert [state.up for state in probes.states()] == [False, False]
        net.hosts.remove("192.0.2.1")
        await asyncio.sleep(40)
        await probes.aclose()
        return net, changes, probes.states()

    net, changes, left = run(watched())
    assert net.asked[:4] == ["192.0.2.1", "192.0.2.2"] * 2
    assert left == (control.TrunkState("192.0.2.2:5060", "UDP", up=False),)
    assert changes[-1] == left and len(changes) == 3


class Phone(asyncio.DatagramProtocol):
    """Is busy whenever it is called; answers OPTIONS while it ``answers``."""

    def __init__(self):
        self.answers = False
        self.calls = 0

    def connection_made(self, transport):
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data, addr):
        request = parse_datagram(data)
        if request.method == "INVITE":
            self.calls += 1
            self._say(request, 486, addr)
        elif request.method == "OPTIONS" and self.answers:
            self._say(request, 404, addr)  # whatever it says, it is there

    def _say(self, request, code, addr):
        self._transport.sendto(serialise(response_to(request, code, to_tag="x")), addr)

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        return self

    async def __aexit__(self, *_):
        self._transport.close()


async def told_to_a_dialer(edge):
    """How many silent servers a dialer knows of that connects now."""
    pictured = asyncio.Event()

    async def hear(event):
        if isinstance(event, LinesHeld):
            pictured.set()

    async with aiohttp.ClientSession() as session:
        carrier = SipCarrier(session, EdgeAddress(edge.control_url, "secret", ()))
        running = spawn(carrier.run(hear), name="carrier")
        try:
            async with patience():
                await pictured.wait()
        finally:
            running.cancel()
    return carrier.trunks_down


@pytest.mark.realtime
async def test_a_silent_server_is_tried_last_and_first_again_once_it_answers(tmp_path):
    async with Phone() as silent, an_edge(tmp_path / "b") as (far, far_ear):
        records = {
            ("_sip._udp.trunk.example", "SRV"): [
                f"10 0 {silent.port} h.trunk.example.",
                f"20 0 {far.sip_port} h.trunk.example.",
            ],
            ("h.trunk.example", "A"): ["127.0.0.1"],
        }
        asked = {"options_trunks": ("sip:trunk.example;transport=udp",), "options_interval_s": 0.3}
        async with (
            name_server(records) as (names, _),
            an_edge(tmp_path / "a", dns_servers=(names,), **asked) as (edge, ear),
        ):
            trunk = control.Trunk("trunk.example", "UDP")
            down = (await ear.wait_for(control.Lines)).trunks
            assert {state.server: state.up for state in down} == {
                f"127.0.0.1:{silent.port}": False,
                f"127.0.0.1:{far.sip_port}": True,
            }
            assert await told_to_a_dialer(edge) == 1
            edge.command(dial(0, trunk=trunk))
            incoming = await far_ear.wait_for(control.Incoming)
            far.command(control.Reject(incoming.line_key, 480))
            assert (await ear.wait_for(control.Ended)).sip_code == 480
            assert silent.calls == 0
            # Where there is no other, it is called all the same.
            edge.command(dial(silent.port, call_id="call_2"))
            assert (await ear.wait_for(control.Ended, 2)).sip_code == 486
            pictures = len(ear.of(control.Lines))
            silent.answers = True
            assert all(s.up for s in (await ear.wait_for(control.Lines, pictures + 1)).trunks)
            edge.command(dial(0, trunk=trunk, call_id="call_3"))
            assert (await ear.wait_for(control.Ended, 3)).sip_code == 486
    assert silent.calls == 2
    assert len(far_ear.of(control.Incoming)) == 1
