"""The edge against SIPp: a SIP program that is not ours."""

import pytest
from tests.fakes.brain import FakeBrain
from tests.fakes.edges import an_edge, dial
from tests.fakes.sipp import AVAILABLE, sipp

from uponai.link import control
from uponai.link.media import Marked, Stop
from uponai.media import tones

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]


async def test_a_trunk_that_wants_a_password(tmp_path):
    async with FakeBrain() as brain, an_edge(tmp_path / "edge") as (edge, ear):
        async with sipp(tmp_path, "digest") as far:
            trunk = control.Trunk(f"127.0.0.1:{far.port}", username="alice", password="wonderland")
            edge.command(dial(0, [brain.url], trunk=trunk, headers={"X-Campaign": "spring"}))
            await ear.wait_for(control.Answered)
            await brain.line()
            edge.command(control.End("call_1", "enough"))
            ended = await ear.wait_for(control.Ended)
            passed, output = await far.passed()
            assert passed, output
    assert (ended.cause, ended.answered, ended.reason) == ("local_hangup", True, "enough")
    assert len(ear.of(control.Dialling)) == 1


async def test_a_wrong_password_ends_with_the_code_of_the_trunk(tmp_path):
    async with an_edge(tmp_path / "edge") as (edge, ear), sipp(tmp_path, "digest") as far:
        trunk = control.Trunk(f"127.0.0.1:{far.port}", username="alice", password="looking-glass")
        edge.command(dial(0, trunk=trunk, headers={"X-Campaign": "spring"}))
        ended = await ear.wait_for(control.Ended)
        assert (ended.cause, ended.sip_code) == ("code", 403)


async def test_a_phone_that_rings_for_ever_is_cancelled(tmp_path):
    async with an_edge(tmp_path / "edge") as (edge, ear), sipp(tmp_path, "ring") as far:
        edge.command(dial(far.port, ring_timeout_ms=500))
        ended = await ear.wait_for(control.Ended)
        assert (await far.passed())[0]
    assert [event.code for event in ear.of(control.Ringing)] == [180]
    assert (ended.cause, ended.answered) == ("ring_timeout", False)


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_the_far_side_hangs_up_in_mid_sentence(tmp_path, transport):
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "edge") as (edge, ear),
        sipp(tmp_path, "hang_up", transport=transport) as far,
    ):
        name = "UDP" if transport == "u1" else "TCP"
        trunk = control.Trunk(f"127.0.0.1:{far.port}", name)
        edge.command(dial(0, [brain.url], trunk=trunk))
        line = await brain.line()
        await line.say(tones.tone((440,), 5_000), mark="said")
        ended = await ear.wait_for(control.Ended)
        assert (await far.passed())[0]
        await brain.until(lambda: line.of(Stop))
    assert (ended.cause, ended.answered, ended.text) == ("remote_hangup", True, "normal clearing")
    assert not line.of(Marked)
    assert 0 < ended.line_samples == line.of(Stop)[0].line_sample
    assert len(line.pcm) <= ended.line_samples


async def test_hold_and_resume_keep_the_line_and_pause_the_agent(tmp_path):
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "edge") as (edge, ear),
        sipp(tmp_path, "hold") as far,
    ):
        edge.command(dial(far.port, [brain.url]))
        line = await brain.line()
        await line.say(tones.tone((440,), 1_500), mark="said")
        await brain.until(lambda: line.of(Marked))
        held_for = line.of(Marked)[0].line_sample - 12_000
        await line.hang_up("agent_hangup")
        await ear.wait_for(control.Ended)
        assert (await far.passed())[0]
    # Held for 0.6 s at least; of a stall no more than 0.2 s are made up for, tick by tick.
    assert held_for > 8_000 * 0.4
