"""Real calls through a real NAT, in network namespaces, and by IPv6 (needs root).

``./dev soak nat [--only TEXT]``: an edge and a softphone on either side of a router that
translates. Audio is compared both ways, and each side hangs up in its turn.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import functools
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.baresip import AVAILABLE, Place, baresip
from tests.fakes.brain import FakeBrain
from tests.fakes.certificates import Authority
from tests.fakes.edges import an_edge, dial
from tests.patience import until
from tests.phone.test_baresip import ANSWER, SAYS, spoken, talk, usual_likeness
from tests.soak.edge import gap_s
from tests.soak.namespaces import INSIDE, INSIDE_6, OUTSIDE, OUTSIDE_6, ROUTER, lab, lacking

from uponai.edge.tls import TlsSettings
from uponai.link import control
from uponai.media.mix import to_pcm
from uponai.sip.headers import Headers
from uponai.sip.message import Request, Response, response_to, serialise, with_received
from uponai.sip.parse import parse_datagram
from uponai.sip.uri import Address, format_address

SIP, TLS, AUDIO = "5060", "5061", "20000-20039"
"""What a router must lead to an edge behind it."""

AGENT = "+15550002"
LIKE = 0.98
SOON_S = 10.0
"""Whoever is told that the call is over knows by then; a phone that is not, when its file ends."""


class Scene:
    """An edge on the machine that this thread is on, and a phone on another."""

    def __init__(self, edge, ear, brain, phone):
        self.edge, self.ear, self.brain, self.phone = edge, ear, brain, phone

    async def dial(self, host, port, transport, number=0):
        """The edge calls the phone, with its ``number``-th call; the brain's line."""
        place = format_address(Address(host, port))
        target = f"sip:phone@{place};transport={transport.lower()}"
        trunk = control.Trunk(place, transport)
        order = dial(0, [self.brain.url], trunk=trunk, call_id=f"call_{number}")
        self.edge.command(dataclasses.replace(order, to_number=target))
        await self.ear.wait_of(f"call_{number}", control.Answered)
        return await self.brain.line(number)

    async def take(self):
        """The edge takes the phone's call; the brain's line."""
        incoming = await self.ear.wait_for(control.Incoming)
        accept = control.Accept(incoming.line_key, "call_0", 2, (self.brain.url,))
        self.edge.command(accept)
        return await self.brain.line()

    def hung_up(self):
        """How often the phone has said that a call is over."""
        said = self.phone.log()
        return said.count("session closed") + said.count(" terminated (")

    async def end(self, line, by, number=0):
        """``edge`` or ``phone`` hangs up, both know it soon, and have heard each other."""
        over, started = self.hung_up(), time.monotonic()
        if by == "edge":
            await line.hang_up(after_playout=True)
        else:
            self.phone.press("b")
        ended = await self.ear.wait_of(f"call_{number}", control.Ended)
        cause = "local_hangup" if by == "edge" else "remote_hangup"
        assert ended.cause == cause, ended
        await until(lambda: self.hung_up() > over)
        took = time.monotonic() - started
        assert took < SOON_S, f"both knew of the end only after {took:.1f} s"
        edge = usual_likeness(line.pcm[-22_000:], ANSWER[1_600:9_600])
        phone = usual_likeness(to_pcm(self.phone.heard()), SAYS)
        assert min(edge, phone) > LIKE, (edge, phone)
        return f"edge heard {edge:.3f}, phone heard {phone:.3f}, over after {took:.1f} s"


def at(machines, name, host):
    """A phone's place: on this machine, at this address."""
    return Place(host, machines.command(name), functools.partial(machines.on, name))


@asynccontextmanager
async def edge_of(folder, near, told=None, **changes):
    """``(edge, ear, brain)``: an edge at ``near``, an address of this machine."""
    values = {"sip_port": int(SIP), "rtp_first": 20_000, "rtp_last": 20_039} | changes
    async with (
        FakeBrain() as brain,
        an_edge(folder / "edge", sip_host=near, public_host=told, **values) as (edge, ear),
    ):
        yield edge, ear, brain


@asynccontextmanager
async def scene(folder, place, near, told=None, calls=""):
    """An edge at ``near`` and a phone at ``place``, which ``calls`` a URI at once.

    A phone that calls by TLS takes nothing but secured audio.
    """
    authority = Authority(folder / "ca")
    tls = TlsSettings(*authority.sign("edge.example", told or near), authority.ca)
    srtp = calls.endswith("=tls")
    async with (
        edge_of(folder, near, told, tls=tls, tls_port=int(TLS)) as (edge, ear, brain),
        baresip(
            folder / "phone", spoken(ANSWER), tls=authority, srtp=srtp, calls=calls, place=place
        ) as phone,
    ):
        yield Scene(edge, ear, brain, phone)


def uri(host, transport="UDP", port=0):
    """The agent at an edge."""
    place = Address(host, port or int(TLS if transport == "TLS" else SIP))
    return f"sip:{AGENT}@{format_address(place)};transport={transport.lower()}"


async def edge_calls(on, host, transport, by):
    line = await on.dial(host, on.phone.port + (transport == "TLS"), transport)
    await talk(on.brain, line, on.phone)
    return await on.end(line, by)


async def edge_is_called(on, by):
    line = await on.take()
    await talk(on.brain, line, on.phone)
    return await on.end(line, by)


# -- the edge behind the NAT -----------------------------------------------------------------------


async def edge_inside_calls(machines, folder, transport, by, ports="", forward=(SIP, TLS, AUDIO)):
    machines.translate(forward=forward, ports=ports)
    async with scene(folder, at(machines, "outside", OUTSIDE), INSIDE, ROUTER) as on:
        return await edge_calls(on, OUTSIDE, transport, by)


async def edge_inside_is_called(machines, folder, transport, by):
    machines.translate(forward=(SIP, TLS, AUDIO))
    place, calls = at(machines, "outside", OUTSIDE), uri(ROUTER, transport)
    async with scene(folder, place, INSIDE, ROUTER, calls) as on:
        return await edge_is_called(on, by)


async def kept_by_options(machines, folder, interval_s):
    """SIP is not forwarded, its port is kept: a trunk calls by the binding that OPTIONS keeps, long
    after the router would have forgotten it."""
    machines.translate(forward=(AUDIO,))
    machines.forget_after(6)
    async with baresip(
        folder / "phone", spoken(ANSWER), place=at(machines, "outside", OUTSIDE)
    ) as phone:
        trunks = (f"sip:{OUTSIDE}:{phone.port}",)
        changes = {"options_trunks": trunks, "options_interval_s": interval_s}
        async with edge_of(folder, INSIDE, ROUTER, **changes) as (edge, ear, brain):
            await until(lambda: machines.binding(phone.port))
            bound = machines.binding(phone.port)
            await asyncio.sleep(15)
            if interval_s > 6:
                assert machines.binding(phone.port) is None
                return "forgotten, for nothing keeps it"
            assert machines.binding(phone.port) == bound
            phone.press(f"/dial {uri(ROUTER, port=bound)}\n")
            return await edge_is_called(Scene(edge, ear, brain, phone), "edge")


class Registrar(asyncio.DatagramProtocol):
    """Takes every registration. ``seen`` is where the first came from."""

    def __init__(self):
        self.seen, self.answers = None, []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        if len(data) <= 4:
            return
        message = parse_datagram(data)
        if isinstance(message, Response):
            self.answers.append(message.status)
            return
        self.seen = self.seen or addr
        request = with_received(message, *addr)
        self.transport.sendto(serialise(response_to(request, 200, to_tag="there")), addr)

    def ask(self):
        """OPTIONS to where the registration came from."""
        fields = (
            ("Via", f"SIP/2.0/UDP {OUTSIDE}:{SIP};branch=z9hG4bK1;rport"),
            ("From", "<sip:registrar@example.com>;tag=registrar"),
            ("To", "<sip:user@example.com>"),
            ("Call-ID", "asked"),
            ("CSeq", "1 OPTIONS"),
        )
        request = Request("OPTIONS", "sip:user@example.com", Headers(fields))
        self.transport.sendto(serialise(request), self.seen)


async def kept_by_registration(machines, folder, forgets_s):
    """Nothing is forwarded: a registrar reaches us between two refreshes."""
    machines.translate(ports="40000-40999")
    machines.forget_after(forgets_s)
    with machines.on("outside"):
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.bind((OUTSIDE, int(SIP)))
    loop = asyncio.get_running_loop()
    transport, registrar = await loop.create_datagram_endpoint(Registrar, sock=bound)
    try:
        accounts = (f"sip:user:secret@{OUTSIDE}",)
        async with edge_of(folder, INSIDE, ROUTER, registrations=accounts):
            await until(lambda: registrar.seen)
            await asyncio.sleep(3 * forgets_s)
            registrar.ask()
            await until(lambda: registrar.answers)
            return f"answered {registrar.answers[0]} at the first binding after {3 * forgets_s} s"
    finally:
        transport.close()


# -- the phone behind the NAT ----------------------------------------------------------------------


async def phone_inside_calls(machines, folder, transport, by):
    machines.translate(ports="40000-40999")
    async with phone_inside(machines, folder, transport) as on:
        return await edge_is_called(on, by)


def phone_inside(machines, folder, transport="UDP"):
    return scene(folder, at(machines, "inside", INSIDE), OUTSIDE, calls=uri(OUTSIDE, transport))


async def phone_inside_is_called(machines, folder, transport, by):
    """By the binding that its own call has left: there is no other way to it."""
    machines.translate(ports="40000-40999")
    async with phone_inside(machines, folder, transport) as on:
        await on.take()
        on.edge.command(control.End("call_0", "enough"))
        await until(on.hung_up)
        port, kind = {"UDP": (SIP, "udp"), "TCP": (SIP, "tcp"), "TLS": (TLS, "tcp")}[transport]
        bound = machines.binding(int(port), kind)
        line = await on.dial(ROUTER, bound, transport, number=1)
        await talk(on.brain, line, on.phone)
        return await on.end(line, by, number=1)


async def binding_changes(machines, folder, by, *, holds=False):
    """In mid-call the router forgets everything and gives other ports from then on."""
    machines.translate(ports="40000-40999")
    async with phone_inside(machines, folder) as on:
        line = await on.take()
        await on.brain.until(lambda: len(line.heard) > 16_000)
        latch = on.edge.ears()[0].latch
        before, heard = latch.target, len(line.pcm)
        await asyncio.to_thread(machines.translate, ports="41000-41999")
        started = time.monotonic()
        await until(lambda: latch.target != before)
        took = time.monotonic() - started
        await talk(on.brain, line, on.phone)
        gap = gap_s(line.pcm[heard - 1_600 :])
        if holds:
            for key in "xX":  # hold, and on
                on.phone.press(key)
                await asyncio.sleep(1)
        ended = await on.end(line, by)
        return f"audio follows after {took:.1f} s, caller unheard for {gap:.1f} s; {ended}"


async def changed_binding_is_unknown(machines, folder):
    """Nothing but audio came from the phone since: where it would hear a BYE, nobody knows."""
    machines.translate(ports="40000-40999")
    async with phone_inside(machines, folder) as on:
        line = await on.take()
        await on.brain.until(lambda: len(line.heard) > 16_000)
        await asyncio.to_thread(machines.translate, ports="41000-41999")
        started = time.monotonic()
        await line.hang_up()
        ended = await on.ear.wait_for(control.Ended)
        took = time.monotonic() - started
        assert ended.cause == "local_hangup", ended
        await asyncio.sleep(3)
        told = "the phone knows" if on.hung_up() else "the phone does not know"
        return f"edge has ended the call after {took:.0f} s, 3 s later {told}"


# -- IPv6 ------------------------------------------------------------------------------------------


async def ipv6_out(machines, folder, near, transport, by):
    async with scene(folder, at(machines, "outside", OUTSIDE_6), near) as on:
        return await edge_calls(on, OUTSIDE_6, transport, by)


async def ipv6_in(machines, folder, near, transport, by):
    place, calls = at(machines, "outside", OUTSIDE_6), uri(INSIDE_6, transport)
    async with scene(folder, place, near, calls=calls) as on:
        return await edge_is_called(on, by)


async def one_edge_for_both(machines, folder, far, out):
    """At ``::``, with the public address of IPv4 behind the NAT and IPv6 as it is."""
    machines.translate(forward=(SIP, TLS, AUDIO))
    calls = "" if out else uri(INSIDE_6 if far == OUTSIDE_6 else ROUTER)
    async with scene(folder, at(machines, "outside", far), "::", ROUTER, calls) as on:
        return await (edge_calls(on, far, "UDP", "edge") if out else edge_is_called(on, "edge"))


def cases():
    """``(name, machine of the edge, what to run with which words)``."""
    found = []
    for transport in ("UDP", "TCP", "TLS"):
        for by in ("edge", "phone"):
            way, words = f"{transport}, {by} hangs up", (transport, by)
            found += [
                (f"edge behind NAT calls: {way}", "inside", edge_inside_calls, words),
                (f"edge behind NAT is called: {way}", "inside", edge_inside_is_called, words),
                (f"phone behind NAT calls: {way}", "outside", phone_inside_calls, words),
                (f"phone behind NAT is called: {way}", "outside", phone_inside_is_called, words),
                (f"IPv6, out: {way}", "inside", ipv6_out, (INSIDE_6, *words)),
                (f"IPv6, in: {way}", "inside", ipv6_in, (INSIDE_6, *words)),
            ]
    other = ("UDP", "edge", "30000-30999")
    alone = functools.partial(edge_inside_calls, forward=())
    holds = functools.partial(binding_changes, holds=True)
    return [
        *found,
        ("edge behind NAT calls: its ports are changed", "inside", edge_inside_calls, other),
        ("edge behind NAT calls: nothing forwarded, phone ends", "inside", alone, ("UDP", "phone")),
        ("edge behind NAT calls: nothing forwarded, edge ends", "inside", alone, ("UDP", "edge")),
        ("NAT changes in mid-call: phone hangs up", "outside", binding_changes, ("phone",)),
        ("NAT changes in mid-call: hold, edge hangs up", "outside", holds, ("edge",)),
        ("NAT changes in mid-call: edge hangs up", "outside", changed_binding_is_unknown, ()),
        ("binding without OPTIONS", "inside", kept_by_options, (600.0,)),
        ("binding kept by OPTIONS", "inside", kept_by_options, (2.0,)),
        ("binding kept by registration", "inside", kept_by_registration, (28,)),
        ("edge on ::, calls IPv4", "inside", one_edge_for_both, (OUTSIDE, True)),
        ("edge on ::, calls IPv6", "inside", one_edge_for_both, (OUTSIDE_6, True)),
        ("edge on ::, called by IPv4", "inside", one_edge_for_both, (OUTSIDE, False)),
        ("edge on ::, called by IPv6", "inside", one_edge_for_both, (OUTSIDE_6, False)),
    ]


def run(arguments: Sequence[str]) -> int:
    """The number of cases that failed; 1 as well where none can be run."""
    parser = argparse.ArgumentParser(prog="./dev soak nat")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    given = parser.parse_args(arguments)
    missing = lacking() or ("" if AVAILABLE else "not installed: baresip")
    if missing:
        sys.stderr.write(f"./dev soak nat cannot run here: {missing}\n")
        return 1
    # Ended by a signal, too, the machines are taken down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    failed = 0
    for name, machine, case, words in cases():
        if given.only not in name:
            continue
        with tempfile.TemporaryDirectory() as folder, lab() as machines, machines.on(machine):
            try:
                outcome = asyncio.run(case(machines, Path(folder), *words))
            except Exception:  # noqa: BLE001 - whatever it is, the other cases are run
                failed += 1
                outcome = f"FAILED\n{traceback.format_exc()}"
                log = Path(folder, "phone", "log")
                outcome += log.read_text(errors="replace")[-3_000:] if log.exists() else ""
                outcome = "\n".join(x for x in outcome.splitlines() if not x.startswith("/"))
        sys.stdout.write(f"{name}: {outcome}\n")
        sys.stdout.flush()
    return failed
