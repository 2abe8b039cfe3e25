"""Calls that a trunk sends on by 3xx, and calls that a far side hands on by Replaces."""

import asyncio
import json

import pytest
from tests.fakes.brain import FakeBrain
from tests.fakes.edges import an_edge, dial
from tests.fakes.sipp import AVAILABLE, free_port, sipp, sipp_calling
from tests.fakes.sipp_script import (
    ANSWERED,
    HUNG_UP,
    answer,
    call,
    hears,
    invited,
    recv,
    scenario,
)

from uponai.link import control
from uponai.link.media import Quality, Stop
from uponai.media import rtp, tones
from uponai.media.g711 import decode, encode
from uponai.sip.headers import parse_name_addr

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]

ITSELF = "Contact: <sip:uas@[local_ip]:[local_port];transport=[transport]>\n"
CHALLENGE = 'WWW-Authenticate: Digest realm="phones", nonce="47364c23432d2e131a", qop="auth"'


def sent_on(*contacts):
    """A 302 to ``contacts``, and its ACK."""
    fields = "".join(f"Contact: {contact}\n" for contact in contacts)
    return answer("302 Moved Temporarily", retrans=True).replace(ITSELF, fields) + recv("ACK")


def asks_for_a_password(*then):
    return scenario(invited(), answer("401 Unauthorized", CHALLENGE), recv("ACK"), *then)


async def test_a_call_goes_on_to_the_first_contact_that_can_be_reached(tmp_path):
    closed = free_port()
    async with an_edge(tmp_path / "b") as (far, far_ear), an_edge(tmp_path / "a") as (edge, ear):
        contacts = (
            f"<sip:second@127.0.0.1:{far.sip_port}>;q=0.5",
            f"<sip:first@127.0.0.1:{closed};transport=tcp>;q=0.9",
        )
        async with sipp(tmp_path, scenario(invited(), sent_on(*contacts))) as trunk:
            edge.command(dial(trunk.port, headers={"X-Campaign": "spring"}))
            incoming = await far_ear.wait_for(control.Incoming)
            far.command(control.Accept(incoming.line_key, "callee", 2, ()))
            await ear.wait_for(control.Answered)
            edge.command(control.End("call_1", "enough"))
            assert (await ear.wait_for(control.Ended)).cause == "local_hangup"
            assert (await far_ear.wait_for(control.Ended)).cause == "remote_hangup"
            passed, output = await trunk.passed()
        assert passed, output
    assert incoming.to_number == "second"
    headers = {name.lower(): value for name, value in incoming.headers.items()}
    (dialling,) = ear.of(control.Dialling)
    assert headers["call-id"] == dialling.sip_call_id
    assert headers["to"] == f"<sip:+15550002@127.0.0.1:{trunk.port}>"
    assert headers["x-campaign"] == "spring"


async def test_a_call_is_not_sent_in_a_circle_nor_after_it_rang_nor_past_the_guard(tmp_path):
    secret = free_port()

    def allowed(host, address, port):
        return port != secret

    elsewhere = f"<sip:me@127.0.0.1:{secret}>"
    after_ringing = (invited(), answer("180 Ringing"), sent_on(elsewhere))
    cases = {
        "circle": (invited(), sent_on("<sip:+15550002@[local_ip]:[local_port]>")),
        "rang": after_ringing,
        "guarded": (invited(), sent_on(elsewhere)),
    }
    async with an_edge(tmp_path / "a", allow_target=allowed) as (edge, ear):
        for name, steps in cases.items():
            async with sipp(tmp_path / name, scenario(*steps)) as trunk:
                edge.command(dial(trunk.port, call_id=name))
                ended = await ear.wait_of(name, control.Ended)
                passed, output = await trunk.passed()
            assert passed, output
            assert (ended.cause, ended.sip_code) == ("code", 302), name


async def test_a_contact_elsewhere_gets_no_password_that_the_trunk_did_not_ask_for(tmp_path):
    known = asks_for_a_password(recv("INVITE", "Authorization: Digest"), ANSWERED, HUNG_UP)
    async with (
        an_edge(tmp_path / "a") as (edge, ear),
        sipp(tmp_path / "known", known) as at_home,
        sipp(tmp_path / "unknown", asks_for_a_password()) as elsewhere,
    ):
        for name, host, port in (
            ("home", "127.0.0.1", at_home.port),
            ("away", "localhost", elsewhere.port),
        ):
            steps = (invited(), sent_on(f"<sip:me@{host}:{port}>"))
            async with sipp(tmp_path / name, scenario(*steps)) as trunk:
                account = control.Trunk(f"127.0.0.1:{trunk.port}", "UDP", "alice", "wonderland")
                edge.command(dial(0, trunk=account, call_id=name))
                if name == "home":
                    await ear.wait_for(control.Answered)
                    edge.command(control.End(name, "enough"))
                ended = await ear.wait_of(name, control.Ended)
                assert (await trunk.passed())[0]
            told = ("local_hangup", None) if name == "home" else ("code", 401)
            assert (ended.cause, ended.sip_code) == told
        for far in (at_home, elsewhere):
            passed, output = await far.passed()
            assert passed, output


class Phone(asyncio.DatagramProtocol):
    """A phone's audio: says a tone for as long as it is spoken to, keeps what it hears."""

    def __init__(self):
        self.heard = []
        self._says = rtp.RtpStream(77, 0, 0)

    def connection_made(self, transport):
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data, addr):
        packet = rtp.parse(data)
        if packet is not None:
            self.heard.append(decode(packet.payload, "PCMU"))
            tone = tones.tone((500,), 20)
            self._transport.sendto(self._says.packet(encode(tone, "PCMU"), 0), addr)
            self._says.advance(160)

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        return self

    async def __aexit__(self, *_):
        self._transport.close()


async def dialog_of(folder, edge, ear, call):
    """Call-ID and both tags, ours first, of a call of ``edge``, as they stand in its journal."""
    edge.command(control.LookUp("call_0", 1, 1))
    await ear.wait_for(control.Seen)  # written behind all that came before
    path = folder / "edge" / "journal" / f"{call}.json"
    dialog = json.loads(path.read_text())["dialog"]
    ours, theirs = (parse_name_addr(dialog[name]).tag for name in ("local", "remote"))
    return dialog["call_id"], ours, theirs


async def test_a_far_side_hands_its_call_on_and_the_conversation_goes_on(tmp_path):
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "a") as (edge, ear),
        an_edge(tmp_path / "b") as (far, far_ear),
        Phone() as phone,
    ):
        edge.command(dial(far.sip_port, [brain.url]))
        incoming = await far_ear.wait_for(control.Incoming)
        far.command(control.Accept(incoming.line_key, "callee", 2, ()))
        line = await brain.line()
        call_id, theirs, ours = await dialog_of(tmp_path / "b", far, far_ear, "callee.0")
        replaces = f"Replaces: {call_id};to-tag={ours};from-tag={theirs}"
        steps = (
            call("desk", "INVITE", 1, replaces, sdp="sendrecv", inside=False),
            hears(100, optional=True), hears(200, "m=audio", routes=True), call("desk", "ACK", 1),
            recv("BYE"), answer("200 OK"),
        )  # fmt: skip
        text = scenario(*steps).replace("[media_port]", str(phone.port))
        async with sipp_calling(tmp_path / "desk", text, edge.sip_port) as desk:
            assert (await far_ear.wait_for(control.Ended)).cause == "remote_hangup"
            await line.say(tones.tone((440,), 400))
            await brain.until(lambda: abs(line.pcm[-1_600:].astype(int)).mean() > 500)
            assert max(abs(frame.astype(int)).mean() for frame in phone.heard) > 500
            assert not ear.of(control.Ended) and not line.of(Stop)
            await line.hang_up("agent_hangup", after_playout=True)
            ended = await ear.wait_for(control.Ended)
            passed, output = await desk.passed()
        assert passed, output
    assert (ended.cause, ended.reason) == ("local_hangup", "agent_hangup")
    assert not ear.of(control.Incoming)
    assert len(brain.lines) == 1
    # Both far sides count: the second one begins a stream of its own.
    assert line.of(Quality)[-1].packets_received > len(phone.heard) / 2


async def test_a_call_that_still_rings_is_picked_up_at_another_phone(tmp_path):
    rings = (
        invited(), answer("180 Ringing"), recv("CANCEL"), answer("200 OK"),
        answer("487 Request Terminated", "CSeq: 1 INVITE").replace("[last_CSeq:]\n", ""),
        recv("ACK"),
    )  # fmt: skip
    async with (
        an_edge(tmp_path / "a") as (edge, ear),
        sipp(tmp_path / "first", scenario(*rings)) as first,
    ):
        edge.command(dial(first.port))
        await ear.wait_for(control.Ringing)
        call_id, ours, theirs = await dialog_of(tmp_path / "a", edge, ear, "call_1.1")
        replaces = f"Replaces: {call_id};to-tag={ours};from-tag={theirs};early-only"
        steps = (
            call("desk", "INVITE", 1, replaces, sdp="sendrecv", inside=False),
            hears(100, optional=True), hears(200, "m=audio", routes=True), call("desk", "ACK", 1),
            call("desk", "BYE", 2), hears(200),
        )  # fmt: skip
        async with sipp_calling(tmp_path / "desk", scenario(*steps), edge.sip_port) as desk:
            ended = await ear.wait_for(control.Ended)
            for far in (first, desk):
                passed, output = await far.passed()
                assert passed, output
        assert (ended.cause, ended.answered) == ("remote_hangup", True)
        assert len(ear.of(control.Answered)) == 1 and not ear.of(control.Incoming)
        assert edge.line_count == 0
