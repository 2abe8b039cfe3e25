"""Whole edges that call each other on loopback, with stand-ins for brain and dialer."""

import asyncio
import socket
import sys
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from tests.fakes.brain import FakeBrain
from tests.fakes.edges import a_call, an_edge, connected, dial
from tests.patience import PATIENCE_S, patience

from uponai.link import control
from uponai.link.media import Cleared, Dtmf, Marked, Quality, SendDtmf, Stop
from uponai.media import tones
from uponai.media.quality import BEST_MOS
from uponai.media.tape import HEAD_BYTES
from uponai.sip.transaction import TimerValues

pytestmark = pytest.mark.realtime

QUICK = TimerValues(t1_s=0.05, t2_s=0.2, t4_s=0.2, timeout_s=0.6)


def loudness(pcm):
    return float(np.sqrt(np.mean(pcm.astype(float) ** 2))) if len(pcm) else 0.0


async def test_a_call_from_dial_to_hang_up(tmp_path):
    async with a_call(tmp_path) as (near, far, brain, far_brain):
        assert near[1].of(control.Answered)[0].codec == "PCMU"
        line, far_line = await brain.line(), await far_brain.line()
        assert (line.start.call_id, line.start.fence, line.start.resumed) == ("call_1", 7, False)
        assert far_line.start.call_id == "callee_1"
        await line.say(tones.tone((440,), 400), mark="said")
        await brain.until(lambda: line.of(Marked))
        assert line.of(Marked)[0].played_position == 3_200
        await far_brain.until(lambda: loudness(far_line.pcm[-1_600:]) > 1_000)
        await far_line.say(tones.tone((600,), 5_000))
        await brain.until(lambda: loudness(line.pcm[-1_600:]) > 1_000)
        await line.send(SendDtmf(line.channel, "4#"))
        await far_brain.until(lambda: len(far_line.of(Dtmf)) == 2)
        await far_line.clear("barge-in")
        await far_brain.until(lambda: far_line.of(Cleared))
        cleared = far_line.of(Cleared)[0]
        assert 0 < cleared.played_position < cleared.dropped_until == 40_000
        await line.say(tones.tone((440,), 300))
        await line.hang_up("agent_hangup", after_playout=True)
        ended = await near[1].wait_for(control.Ended)
        far_ended = await far[1].wait_for(control.Ended)
        await brain.until(lambda: line.of(Stop))
        samples = ended.line_samples
    kinds = [type(event).__name__ for event in near[1].events]
    assert kinds == ["Dialling", "Answered", "Ended"]
    assert (ended.cause, ended.answered, ended.reason) == ("local_hangup", True, "agent_hangup")
    assert (far_ended.cause, far_ended.answered) == ("remote_hangup", True)
    data = (tmp_path / "a" / "tape" / "call_1" / "7-0").read_bytes()[HEAD_BYTES:]
    stereo = np.frombuffer(data, dtype=np.int16)
    assert len(stereo) == 2 * samples
    assert loudness(stereo[0::2]) > 500
    assert loudness(stereo[1::2]) > 300
    assert not list((tmp_path / "a" / "edge" / "journal").glob("*.json"))
    assert [message.digit for message in far_line.of(Dtmf)] == ["4", "#"]
    quality = line.of(Quality)[-1]
    assert quality.packets_received > 25
    # How well it sounded depends on the processor that the test got (tests/edge/test_reports.py).
    assert quality.packets_lost == 0 and 1 <= quality.mos <= BEST_MOS


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_five_calls_at_once_and_nothing_left_behind(tmp_path):
    before = open_files()
    async with (
        FakeBrain() as brain,
        FakeBrain(echo=True) as far_brain,
        an_edge(tmp_path / "a") as near,
        an_edge(tmp_path / "b") as far,
    ):
        for n in range(1, 6):
            await connected(near, far, [brain.url], far_brain, call_id=f"call_{n}")
        lines = [await brain.line(n) for n in range(5)]
        assert brain.connections == 1
        await asyncio.gather(*(line.say(tones.tone((440,), 500)) for line in lines))
        await brain.until(lambda: all(loudness(line.pcm) > 200 for line in lines))
        near[0].command(control.WantLines())
        assert {state.state for state in near[1].of(control.Lines)[-1].lines} == {"answered"}
        for n in range(1, 6):
            near[0].command(control.End(f"call_{n}", "enough"))
        await near[1].wait_for(control.Ended, 5)
        await far[1].wait_for(control.Ended, 5)
        assert near[0].line_count == far[0].line_count == 0
    left = {task.get_name() for task in asyncio.all_tasks()} - {asyncio.current_task().get_name()}
    assert left == set()
    assert open_files() == before


async def test_a_brain_that_dies_is_followed_by_the_next_and_the_line_stays(tmp_path):
    async with (
        FakeBrain() as first,
        FakeBrain() as second,
        FakeBrain() as far_brain,
        an_edge(tmp_path / "a") as near,
        an_edge(tmp_path / "b") as far,
    ):
        await connected(near, far, [first.url, second.url], far_brain)
        line = await first.line()
        await line.say(tones.tone((440,), 2_000))
        await far_brain.until(lambda: far_brain.lines and loudness(far_brain.lines[0].pcm) > 500)
        await first.shut_down()
        again = await second.line()
        assert again.start.resumed
        assert again.start.next_position == 16_000
        assert 0 < again.start.played_position <= 16_000
        assert again.start.line_sample > line.start.line_sample
        await second.until(lambda: len(again.heard) > 16_000)
        assert again.first_sample >= again.start.line_sample
        near[0].command(control.End("call_1", "done"))
        assert (await near[1].wait_for(control.Ended)).cause == "local_hangup"


async def test_a_brain_that_comes_back_on_its_port_gets_its_line_back(tmp_path):
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "a") as near,
        an_edge(tmp_path / "b") as far,
    ):
        await connected(near, far, [brain.url], None)
        await brain.line()
        await brain.shut_down()
        await near[1].wait_for(control.BrainWanted)
        await brain.start_up()
        assert (await brain.line(1)).start.resumed


async def test_refused_everywhere_the_edge_asks_and_takes_the_answer(tmp_path):
    async with (
        FakeBrain(refuse=True) as unwilling,
        FakeBrain() as willing,
        an_edge(tmp_path / "a") as near,
        an_edge(tmp_path / "b") as far,
    ):
        await connected(near, far, [unwilling.url], None)
        wanted = await near[1].wait_for(control.BrainWanted)
        near[0].command(control.Brains(wanted.call_id, (willing.url,)))
        assert (await willing.line()).start.resumed is False
        assert len(near[1].of(control.BrainWanted)) == 1


async def test_without_any_brain_the_caller_is_kept_company_and_then_let_go(tmp_path):
    async with (
        FakeBrain() as far_brain,
        an_edge(tmp_path / "a", company_limit_ms=1_800) as near,
        an_edge(tmp_path / "b") as far,
    ):
        for number in range(1, 4):
            nobody = ["ws://127.0.0.1:9/"]
            await connected(near, far, nobody, far_brain, call_id=f"call_{number}")
            ended = await near[1].wait_for(control.Ended, number)
            assert (ended.cause, ended.answered) == ("no_brain", True)
            heard = await far_brain.line(number - 1)
            # Two short notes: a stall at the wrong moment swallows them.
            if np.abs(heard.pcm.astype(int)).max(initial=0) > 500:
                return
    raise AssertionError("no company in three calls")


async def test_an_incoming_call_is_refused_at_once_when_nobody_listens(tmp_path):
    async with an_edge(tmp_path / "a") as near, an_edge(tmp_path / "b") as far:
        far[1].leave()
        near[0].command(dial(far[0].sip_port))
        ended = await near[1].wait_for(control.Ended)
        assert (ended.cause, ended.sip_code, ended.answered) == ("code", 480, False)


async def test_an_incoming_call_that_nobody_takes_is_refused_in_time(tmp_path):
    async with (
        an_edge(tmp_path / "a") as near,
        an_edge(tmp_path / "b", accept_timeout_ms=200, ring_incoming=True) as far,
    ):
        near[0].command(dial(far[0].sip_port))
        ended = await near[1].wait_for(control.Ended)
        assert [event.code for event in near[1].of(control.Ringing)] == [180]
        assert (ended.cause, ended.sip_code) == ("code", 480)
        gone = await far[1].wait_for(control.IncomingGone)
        far[0].command(control.Accept(gone.line_key, "too_late", 1, ()))
        late = await far[1].wait_for(control.Ended)
        assert (late.call_id, late.cause, late.answered) == ("too_late", "remote_hangup", False)


async def test_a_call_that_waits_for_a_place_rings_as_long_as_it_is_told(tmp_path):
    async with (
        an_edge(tmp_path / "a") as near,
        an_edge(tmp_path / "b", accept_timeout_ms=3_600_000) as far,
    ):
        near[0].command(dial(far[0].sip_port))
        incoming = await far[1].wait_for(control.Incoming)
        assert near[1].of(control.Ringing) == []
        far[0].command(control.Ring(incoming.line_key, 300))
        ringing = await near[1].wait_for(control.Ringing)
        assert ringing.code == 180
        ended = await near[1].wait_for(control.Ended)
        assert (ended.cause, ended.sip_code) == ("code", 480)
        far[0].command(control.Ring(incoming.line_key, 500))  # gone by then: harmless


async def test_a_caller_who_gives_up_before_the_answer(tmp_path):
    async with an_edge(tmp_path / "a") as near, an_edge(tmp_path / "b") as far:
        near[0].command(dial(far[0].sip_port, headers={"X-Campaign": "spring"}))
        incoming = await far[1].wait_for(control.Incoming)
        assert incoming.headers["X-Campaign"] == "spring"
        assert (incoming.from_number, incoming.to_number) == ("+15550001", "+15550002")
        near[0].command(control.End("call_1", "changed my mind"))
        ended = await near[1].wait_for(control.Ended)
        assert (ended.cause, ended.reason) == ("cancelled", "changed my mind")
        assert (await far[1].wait_for(control.IncomingGone)).line_key == incoming.line_key


async def test_rejecting_says_the_code(tmp_path):
    async with an_edge(tmp_path / "a") as near, an_edge(tmp_path / "b") as far:
        near[0].command(dial(far[0].sip_port))
        incoming = await far[1].wait_for(control.Incoming)
        far[0].command(control.Reject(incoming.line_key, 603, "Not today"))
        ended = await near[1].wait_for(control.Ended)
        assert (ended.cause, ended.sip_code, ended.text) == ("code", 603, "Not today")


async def test_over_tcp_too(tmp_path):
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "a") as near,
        an_edge(tmp_path / "b") as far,
    ):
        trunk = control.Trunk(f"127.0.0.1:{far[0].sip_port}", "TCP", codecs=("PCMA",))
        answered = await connected(near, far, [brain.url], None, trunk=trunk)
        assert answered.codec == "PCMA"
        await brain.line()
        far[0].command(control.End("callee_1", "bye"))
        ended = await near[1].wait_for(control.Ended)
        assert ended.cause == "remote_hangup"


async def closed_port():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def test_calls_that_reach_nobody_say_why(tmp_path):
    port = await closed_port()
    tries = {
        "dns": dial("no-such-host.invalid", call_id="dns"),
        "connect": dial(0, call_id="connect", trunk=control.Trunk(f"127.0.0.1:{port}", "TCP")),
        "silent": dial(port, call_id="silent"),
        "protocol": dial("bad host name", call_id="protocol"),
    }
    async with an_edge(tmp_path, sip_timers=QUICK) as (edge, ear):
        for command in tries.values():
            edge.command(command)
        await ear.wait_for(control.Ended, len(tries))
        assert {event.call_id: event.cause for event in ear.of(control.Ended)} == {
            name: name for name in tries
        }
        assert not any(event.answered for event in ear.of(control.Ended))
        assert [event.call_id for event in ear.of(control.Dialling)] == ["silent"]


async def test_a_target_that_is_not_allowed_is_never_sent_to(tmp_path):
    def nothing_local(host, address, port):
        return not address.startswith("127.")

    async with (
        an_edge(tmp_path / "a", allow_target=nothing_local) as near,
        an_edge(tmp_path / "b") as far,
    ):
        near[0].command(dial(far[0].sip_port))
        ended = await near[1].wait_for(control.Ended)
        assert (ended.cause, "not an allowed target" in ended.text) == ("connect", True)
        assert far[1].events == []


async def test_a_full_edge_says_so_and_a_repeated_dial_is_one_call(tmp_path):
    async with an_edge(tmp_path / "a", max_lines=1) as near, an_edge(tmp_path / "b") as far:
        near[0].command(dial(far[0].sip_port))
        near[0].command(dial(far[0].sip_port))
        near[0].command(dial(far[0].sip_port, call_id="call_2"))
        near[0].command(dial(far[0].sip_port, call_id="../call_3"))
        ended = await near[1].wait_for(control.Ended)
        assert (ended.call_id, ended.text) == ("call_2", "the edge has no free line")
        assert ended.cause == "full"
        assert near[1].of(control.Ended)[1].text.startswith("call_id: expected")
        incoming = await far[1].wait_for(control.Incoming)
        far[0].command(control.Reject(incoming.line_key, 486, "Busy Here"))
        await near[1].wait_for(control.Ended, 3)
        near[0].command(dial(far[0].sip_port))
        near[0].command(control.WantLines())
        assert near[1].of(control.Lines)[-1].lines == ()
        assert len(far[1].of(control.Incoming)) == 1


async def test_a_full_edge_refuses_newcomers_before_they_ring(tmp_path):
    async with an_edge(tmp_path / "a") as near, an_edge(tmp_path / "b", max_lines=1) as far:
        near[0].command(dial(far[0].sip_port))
        await far[1].wait_for(control.Incoming)
        near[0].command(dial(far[0].sip_port, call_id="call_2"))
        ended = await near[1].wait_for(control.Ended)
        assert (ended.call_id, ended.sip_code) == ("call_2", 503)
        assert len(far[1].of(control.Incoming)) == 1


INVITE = """INVITE sip:+15550002@{here} SIP/2.0
Via: SIP/2.0/UDP {us};branch=z9hG4bKfallback
From: <sip:+15550001@{us}>;tag=1
To: <sip:+15550002@{here}>
Call-ID: fallback@test
CSeq: 1 INVITE
Contact: <sip:caller@{us}>
Max-Forwards: 70
Content-Length: 0

"""


async def test_a_call_that_is_sent_on_is_told_where_to(tmp_path):
    contact = "sip:+15550003@trunk.example:5070"
    async with an_edge(tmp_path / "a") as (edge, ear):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.bind(("127.0.0.1", 0))
            phone.setblocking(False)
            us = f"127.0.0.1:{phone.getsockname()[1]}"
            here = f"127.0.0.1:{edge.sip_port}"
            text = INVITE.format(us=us, here=here).replace("\n", "\r\n")
            phone.sendto(text.encode(), ("127.0.0.1", edge.sip_port))
            incoming = await ear.wait_for(control.Incoming)
            edge.command(control.Reject(incoming.line_key, 302, contact=contact))
            loop = asyncio.get_running_loop()
            async with patience():
                while b" 100 " in (answer := await loop.sock_recv(phone, 4096))[:16]:
                    pass
    head, *fields = answer.decode().split("\r\n")
    assert head == "SIP/2.0 302 Moved Temporarily"
    assert f"Contact: <{contact}>" in fields


async def test_the_control_socket_wants_its_token_and_sends_again_what_was_not_acknowledged(
    tmp_path,
):
    async with an_edge(tmp_path, acknowledge=False) as (edge, _), aiohttp.ClientSession() as http:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(edge.control_url, headers=headers)
            assert refused.value.status == 401
        good = {"Authorization": "Bearer secret"}
        async with http.ws_connect(edge.control_url, headers=good) as socket:
            await socket.send_str("no json")
            await socket.send_str(control.encode_command(dial("no-such-host.invalid")))
            first = control.decode_event((await socket.receive(PATIENCE_S)).data)
            assert isinstance(first.event, control.Ended)
        async with http.ws_connect(edge.control_url, headers=good) as socket:
            again = control.decode_event((await socket.receive(PATIENCE_S)).data)
            assert again == first
            await socket.send_str(control.encode_command(control.Ack(first.boot, first.seq)))
            await socket.send_str(control.encode_command(control.WantLines()))
            lines = control.decode_event((await socket.receive(PATIENCE_S)).data)
            assert lines.event == control.Lines(())
        async with http.ws_connect(edge.control_url, headers=good) as socket:
            await socket.send_str(control.encode_command(control.WantLines()))
            only = control.decode_event((await socket.receive(PATIENCE_S)).data)
            assert isinstance(only.event, control.Lines)


async def test_an_end_that_nobody_heard_of_is_told_by_the_next_life(tmp_path):
    async with an_edge(tmp_path, acknowledge=False) as (edge, ear):
        edge.command(dial("no-such-host.invalid"))
        ended = await ear.wait_for(control.Ended)
    async with an_edge(tmp_path) as (_, ear):
        assert ear.of(control.Ended) == [ended]
    async with an_edge(tmp_path) as (_, ear):
        assert ear.events == []


@pytest.mark.parametrize("answered", [True, False], ids=["talking", "ringing"])
async def test_calls_that_a_stopping_edge_ends_are_not_told_as_wanted(tmp_path, answered):
    async with FakeBrain() as brain, an_edge(tmp_path / "b") as (far, far_ear):
        async with an_edge(tmp_path / "a") as (edge, ear):
            edge.command(dial(far.sip_port, [brain.url]))
            incoming = await far_ear.wait_for(control.Incoming)
            if answered:
                far.command(control.Accept(incoming.line_key, "callee_1", 1, ()))
                await brain.line()
        ended = await ear.wait_for(control.Ended)
        assert (ended.cause, ended.answered) == ("edge_restart", answered)


CHILD = """
import asyncio, sys
sys.path[:0] = {path!r}
from pathlib import Path
from tests.fakes.edges import dial, edge_config
from uponai.edge.main import run_edge

def ready(edge):
    edge.listen(lambda envelope: print(type(envelope.event).__name__, flush=True))
    edge.command(dial({port}, [{brain!r}]))

asyncio.run(run_edge(edge_config(Path({data!r})), ready))
"""


@pytest.mark.parametrize("answered", [True, False], ids=["talking", "ringing"])
async def test_a_killed_edge_leaves_no_call_behind(tmp_path, answered):
    async with FakeBrain() as brain, an_edge(tmp_path / "b") as (far, far_ear):
        code = CHILD.format(
            path=sys.path, port=far.sip_port, brain=brain.url, data=str(tmp_path / "a")
        )
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdout=asyncio.subprocess.DEVNULL
        )
        try:
            incoming = await far_ear.wait_for(control.Incoming)
            if answered:
                far.command(control.Accept(incoming.line_key, "callee_1", 1, ()))
                line = await brain.line()
                await brain.until(lambda: len(line.heard) >= 2 * 8_000 * 2)
        finally:
            child.kill()
            await child.wait()
        assert far.line_count == int(answered)
        async with an_edge(tmp_path / "a") as (_, ear):
            ended = await ear.wait_for(control.Ended)
            assert (ended.call_id, ended.attempt, ended.cause) == ("call_1", 1, "edge_restart")
            assert ended.answered is answered
            if answered:
                assert (await far_ear.wait_for(control.Ended)).cause == "remote_hangup"
                assert ended.line_samples >= len(line.heard) // 2 - 8_000
            else:
                await far_ear.wait_for(control.IncomingGone)
