"""Edges that reach each other by TLS, by names, by IPv6; and what they do when they cannot."""

import asyncio
import dataclasses
import shutil

import pytest
from tests.fakes.certificates import Authority
from tests.fakes.edges import an_edge, dial
from tests.fakes.name_server import name_server
from tests.fakes.sipp import AVAILABLE, free_port, sipp
from tests.fakes.sipp_script import answer, invited, recv, scenario
from tests.patience import patience

from uponai.edge.sip_sockets import SipSockets
from uponai.edge.tls import TlsSettings
from uponai.link import control
from uponai.sip.commands import SendTo
from uponai.sip.hop import Transport
from uponai.sip.transaction import TimerValues
from uponai.sip.uri import Address

pytestmark = pytest.mark.realtime


def tls_of(authority, *names):
    cert, key = authority.sign(*names)
    return {"tls": TlsSettings(cert, key, authority.ca), "tls_port": 0}


async def answered_and_ended(near, far, **changes):
    """A call that ``far`` answers and ``near`` hangs up; what ``far`` saw come in."""
    (edge, ear), (other, other_ear) = near, far
    edge.command(dial(0, **changes))
    incoming = await other_ear.wait_for(control.Incoming)
    other.command(control.Accept(incoming.line_key, "callee", 2, ()))
    await ear.wait_for(control.Answered)
    edge.command(control.End("call_1", "enough"))
    ended = await ear.wait_for(control.Ended)
    assert ended.cause == "local_hangup", ended
    assert (await other_ear.wait_for(control.Ended)).cause == "remote_hangup"
    return incoming


async def test_a_call_over_tls(tmp_path):
    authority = Authority(tmp_path / "ca")
    async with (
        an_edge(tmp_path / "a", **tls_of(authority, "127.0.0.1")) as near,
        an_edge(tmp_path / "b", **tls_of(authority, "127.0.0.1")) as far,
    ):
        trunk = control.Trunk(f"127.0.0.1:{far[0].tls_port}", "TLS")
        incoming = await answered_and_ended(near, far, trunk=trunk)
    assert incoming.transport == "TLS"


async def test_the_encryption_of_audio_is_refused_allowed_or_required_by_trunk(tmp_path):
    authority = Authority(tmp_path / "ca")
    both = tls_of(authority, "127.0.0.1")
    async with (
        an_edge(tmp_path / "a", **both) as (edge, ear),
        an_edge(tmp_path / "b", **both) as (far, far_ear),
    ):
        tls = (f"127.0.0.1:{far.tls_port}", "TLS")
        cases = [
            (*tls, "require", "allow", None),
            (*tls, "allow", "disable", None),  # asked again, with plain audio
            (*tls, "disable", "allow", None),
            (*tls, "require", "disable", ("code", 488)),
            (*tls, "disable", "require", ("code", 488)),
            (f"127.0.0.1:{far.sip_port}", "UDP", "require", "allow", ("protocol", None)),
        ]
        came = 0
        for n, (uri, transport, ours, theirs, refused) in enumerate(cases, start=1):
            trunk = control.Trunk(uri, transport, media_encryption=ours)
            edge.command(dial(0, trunk=trunk, call_id=f"call_{n}"))
            tries = {"UDP": 0}.get(transport, 2 if (ours, theirs) == ("allow", "disable") else 1)
            for _ in range(tries):
                came += 1
                incoming = await far_ear.wait_for(control.Incoming, came)
                key, name = incoming.line_key, f"callee_{came}"
                taken = control.Trunk("", media_encryption=theirs)
                far.command(control.Accept(key, name, 2, (), taken))
            if refused is None:
                await ear.wait_for(control.Answered, n)
                edge.command(control.End(f"call_{n}", "enough"))
            ended = await ear.wait_for(control.Ended, n)
            expected = ("local_hangup", None) if refused is None else refused
            assert (ended.cause, ended.sip_code) == expected, (ours, theirs)
        assert len(far_ear.of(control.Incoming)) == came


async def test_a_certificate_that_proves_nothing_ends_the_call_before_it_leaves(tmp_path):
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs", "Other CA")
    cert, key = theirs.sign("127.0.0.1")
    named = tls_of(ours, "elsewhere.example")
    async with (
        an_edge(tmp_path / "a", tls=TlsSettings(ca=ours.ca)) as (edge, ear),
        an_edge(tmp_path / "b", tls=TlsSettings(cert, key), tls_port=0) as (unknown, _),
        an_edge(tmp_path / "c", **named) as (other_name, _),
    ):
        for n, far in enumerate((unknown, other_name), start=1):
            trunk = control.Trunk(f"127.0.0.1:{far.tls_port}", "TLS")
            edge.command(dial(0, trunk=trunk, call_id=f"call_{n}"))
            ended = await ear.wait_for(control.Ended, n)
            assert (ended.cause, ended.answered) == ("connect", False)
            assert "certificate" in ended.text.lower()
        assert edge.tls_port == 0
        assert not ear.of(control.Dialling)


async def test_a_call_left_behind_by_a_crash_is_ended_at_the_server_that_proves_its_name(tmp_path):
    authority = Authority(tmp_path / "ca")
    records = {("trunk.example", "A"): ["127.0.0.1"]}
    async with (
        name_server(records) as (server, _),
        an_edge(tmp_path / "b", **tls_of(authority, "trunk.example")) as (far, far_ear),
    ):
        ours = {"tls": TlsSettings(ca=authority.ca), "dns_servers": (server,)}
        async with an_edge(tmp_path / "a", **ours) as (edge, ear):
            edge.command(dial(0, trunk=control.Trunk(f"trunk.example:{far.tls_port}", "TLS")))
            incoming = await far_ear.wait_for(control.Incoming)
            far.command(control.Accept(incoming.line_key, "callee", 2, ()))
            await ear.wait_for(control.Answered)
            # What a crash leaves behind is the journal; its successor knows nothing else.
            journal = tmp_path / "a" / "edge" / "journal"
            edge.command(control.LookUp("call_0", 1, 1))
            await ear.wait_for(control.Seen)  # written behind all that came before
            shutil.copytree(journal, tmp_path / "c" / "edge" / "journal")
            async with an_edge(tmp_path / "c", **ours) as (_, heir):
                assert (await heir.wait_for(control.Ended)).cause == "edge_restart"
                assert (await far_ear.wait_for(control.Ended)).cause == "remote_hangup"


async def test_a_bare_address_is_reached_by_the_way_whose_name_is_known(tmp_path):
    authority = Authority(tmp_path / "ca")
    arrived, failed = asyncio.Event(), asyncio.Event()

    async def serve(reader, writer):
        await reader.readexactly(4)
        arrived.set()
        writer.close()

    context = TlsSettings(*authority.sign("trunk.example")).server()
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    way = Address("127.0.0.1", server.sockets[0].getsockname()[1])
    sockets = SipSockets(lambda news: failed.set())
    await sockets.start("127.0.0.1", 0)
    await sockets.start_tls("127.0.0.1", 0, TlsSettings(ca=authority.ca))
    # The far side's Contact: nothing listens there, and no certificate names it.
    order = SendTo(b"BYE ", Address("127.0.0.9", way.port), Transport.TLS, flow=way)
    try:
        async with patience():
            sockets.send(order)
            await failed.wait()
            assert not arrived.is_set()
            sockets.expect(way, "trunk.example")
            sockets.send(order)
            await arrived.wait()
    finally:
        await sockets.aclose()
        server.close()


async def test_a_name_leads_to_its_servers_in_order_and_past_those_that_are_down(tmp_path):
    down = free_port()
    async with an_edge(tmp_path / "a2") as far:
        records = {
            ("_sip._tcp.trunk.example", "SRV"): [
                f"20 0 {far[0].sip_port} here.trunk.example.",
                f"10 0 {down} down.trunk.example.",
                "5 0 5060 nowhere.trunk.example.",
            ],
            ("here.trunk.example", "A"): ["127.0.0.1"],
            ("down.trunk.example", "A"): ["127.0.0.1"],
        }
        async with (
            name_server(records) as (server, asked),
            an_edge(tmp_path / "a", dns_servers=(server,)) as near,
        ):
            trunk = control.Trunk("trunk.example", "TCP")
            await answered_and_ended(near, far, trunk=trunk)
            assert len(near[1].of(control.Dialling)) == 1
        assert asked[:2] == [("_sip._tcp.trunk.example", "SRV"), ("nowhere.trunk.example", "A")]


async def test_naptr_says_how_to_talk_where_nobody_else_does(tmp_path):
    async with an_edge(tmp_path / "b") as far:
        records = {
            ("callee.example", "NAPTR"): [
                '20 10 "s" "SIP+D2U" "" _sip._udp.callee.example.',
                '10 10 "s" "SIP+D2T" "" _sip._tcp.callee.example.',
            ],
            ("_sip._tcp.callee.example", "SRV"): [f"1 1 {far[0].sip_port} h.callee.example."],
            ("h.callee.example", "A"): ["127.0.0.1"],
        }
        async with (
            name_server(records) as (server, _),
            an_edge(tmp_path / "a", dns_servers=(server,)) as near,
        ):
            whole = {"trunk": control.Trunk("")}
            near[0].command(
                dataclasses.replace(dial(0, **whole), to_number="sip:me@callee.example")
            )
            incoming = await far[1].wait_for(control.Incoming)
            near[0].command(control.End("call_1", "enough"))
            await near[1].wait_for(control.Ended)
    assert incoming.transport == "TCP"


async def test_a_name_without_an_address_is_a_dns_failure(tmp_path):
    async with name_server({}) as (server, _), an_edge(
        tmp_path / "a", dns_servers=(server,)
    ) as (edge, ear):  # fmt: skip
        edge.command(dial(0, trunk=control.Trunk("gone.example", "TCP")))
        ended = await ear.wait_for(control.Ended)
    assert (ended.cause, ended.answered) == ("dns", False)


@pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed")
async def test_a_server_without_capacity_is_followed_by_the_next(tmp_path):
    async with (
        sipp(tmp_path, "final", CODE=503, PHRASE="Service Unavailable") as full,
        an_edge(tmp_path / "b") as far,
    ):
        records = {
            ("_sip._udp.trunk.example", "SRV"): [
                f"10 0 {full.port} h.example.",
                f"20 0 {far[0].sip_port} h.example.",
            ],
            ("h.example", "A"): ["127.0.0.1"],
        }
        async with (
            name_server(records) as (server, _),
            an_edge(tmp_path / "a", dns_servers=(server,)) as near,
        ):
            await answered_and_ended(near, far, trunk=control.Trunk("trunk.example", "UDP"))
        assert (await full.passed())[0]


@pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed")
async def test_what_may_have_rung_is_followed_by_no_other_server(tmp_path):
    rang_first = (invited(), answer("180 Ringing"), answer("503 Full", retrans=True), recv("ACK"))
    quick = TimerValues(t1_s=0.05, t2_s=0.2, t4_s=0.2, timeout_s=0.6)
    loop = asyncio.get_running_loop()
    mute, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    async with (
        sipp(tmp_path, scenario(*rang_first)) as rings,
        an_edge(tmp_path / "b") as (far, far_ear),
    ):
        firsts = {"mute": mute.get_extra_info("sockname")[1], "rings": rings.port}
        records = {("h.example", "A"): ["127.0.0.1"]}
        for name, port in firsts.items():
            servers = [f"10 0 {port} h.example.", f"20 0 {far.sip_port} h.example."]
            records[f"_sip._udp.{name}.example", "SRV"] = servers
        cases = {"mute": (("silent", None), quick), "rings": (("code", 503), TimerValues())}
        async with name_server(records) as (server, _):
            for name, (said, timers) in cases.items():
                how = {"dns_servers": (server,), "sip_timers": timers}
                async with an_edge(tmp_path / name, **how) as (edge, ear):
                    trunk = control.Trunk(f"{name}.example", "UDP")
                    edge.command(dial(0, trunk=trunk, call_id=name))
                    ended = await ear.wait_of(name, control.Ended)
                    assert (ended.cause, ended.sip_code) == said
        assert (await rings.passed())[0]
        assert not far_ear.of(control.Incoming)
    mute.close()


async def test_two_edges_talk_over_ipv6(tmp_path):
    async with (
        an_edge(tmp_path / "a", sip_host="::1") as near,
        an_edge(tmp_path / "b", sip_host="::1") as far,
    ):
        trunk = control.Trunk(f"[::1]:{far[0].sip_port}", "UDP")
        incoming = await answered_and_ended(near, far, trunk=trunk)
    assert incoming.source == "::1"


async def test_connections_leave_from_the_address_that_the_edge_has(tmp_path):
    """A trunk that knows us by our address knows us over TCP too, on a machine with several."""
    async with (
        an_edge(tmp_path / "a", sip_host="127.0.0.2") as near,
        an_edge(tmp_path / "b") as far,
    ):
        trunk = control.Trunk(f"127.0.0.1:{far[0].sip_port}", "TCP")
        incoming = await answered_and_ended(near, far, trunk=trunk)
    assert (incoming.source, incoming.transport) == ("127.0.0.2", "TCP")


@pytest.mark.parametrize("kind", ["UDP", "TCP"])
@pytest.mark.parametrize("calls", [True, False])
async def test_an_edge_on_all_addresses_talks_to_both_families(tmp_path, kind, calls):
    """Who calls over IPv4 is known by an IPv4 address."""
    everywhere = {"sip_host": "::", "public_host": "127.0.0.1"}
    async with an_edge(tmp_path / "a", **everywhere) as all_over, an_edge(tmp_path / "b") as other:
        near, far = (all_over, other) if calls else (other, all_over)
        trunk = control.Trunk(f"127.0.0.1:{far[0].sip_port}", kind)
        incoming = await answered_and_ended(near, far, trunk=trunk)
        assert incoming.source == "127.0.0.1"
