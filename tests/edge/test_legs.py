"""Two callers joined inside the edge, over real SIP and RTP; the far sides are another edge."""

import numpy as np
import pytest
from tests.fakes.brain import FakeBrain
from tests.fakes.edges import a_call, an_edge, dial

from uponai.link import control
from uponai.link.media import Dismiss, Dtmf, Join, Marked, Refer, Referred, Stop
from uponai.media import tones

pytestmark = pytest.mark.realtime


def strength(pcm, hz):
    """How much of ``hz`` is in the last half second of ``pcm``."""
    part = pcm[-4_000:].astype(float)
    at = np.arange(len(part)) / 8_000
    return abs(np.exp(-2j * np.pi * hz * at) @ part) / max(1, len(part))


def hears(line, hz, other_hz):
    """Whether ``hz`` and not ``other_hz`` comes there, now and half a second ago."""
    return all(
        strength(pcm, hz) > max(100, 10 * strength(pcm, other_hz))
        for pcm in (line.pcm[:-4_000], line.pcm)
    )


def states(line):
    """How the transfer went, by the news on ``line``."""
    return [news.state for news in line.of(Referred) if news.state != "progress"]


async def joined(far, far_brain, line, number=2, **how):
    """Have ``line`` joined with a second leg; that leg as its far side sees it."""
    await line.send(Refer(line.channel, "+15550003", mode="invite", **how))
    incoming = await far[1].wait_for(control.Incoming, number)
    assert incoming.to_number == "+15550003"
    far[0].command(control.Accept(incoming.line_key, "callee_2", 2, (far_brain.url,)))
    return await far_brain.line(1)


async def test_two_callers_hear_each_other_and_the_caller_comes_back(tmp_path):
    async with a_call(tmp_path) as (near, far, brain, far_brain):
        line, caller = await brain.line(), await far_brain.line()
        other = await joined(far, far_brain, line)
        await brain.until(lambda: "joined" in states(line))
        await caller.say(tones.tone((440,), 6_000))
        await other.say(tones.tone((1_000,), 6_000))
        await far_brain.until(lambda: hears(other, 440, 1_000))
        await far_brain.until(lambda: hears(caller, 1_000, 440))
        near[0].command(control.WantLines())
        lines = await near[1].wait_for(control.Lines)
        assert [held.call_id for held in lines.lines] == ["call_1"]
        far[0].command(control.End("callee_2", "enough"))
        await brain.until(lambda: "failed" in states(line))
        assert "gone after" in line.of(Referred)[-1].text
        await line.say(tones.tone((700,), 6_000))
        await far_brain.until(lambda: hears(caller, 700, 1_000))
        assert len(near[1].of(control.Answered)) == 1
        await line.hang_up("agent_hangup")
        await near[1].wait_for(control.Ended)


async def test_who_answers_is_talked_with_alone_until_they_are_joined(tmp_path):
    """The brain goes and comes back in between: it has both lines again."""
    async with a_call(tmp_path) as (near, far, brain, far_brain):
        line, caller = await brain.line(), await far_brain.line()
        how = {"talk": True, "music": "none", "digits": "12", "cue": True}
        other = await joined(far, far_brain, line, **how)
        second = await brain.line(1)
        await far_brain.until(lambda: len(other.of(Dtmf)) >= 2)
        assert [message.digit for message in other.of(Dtmf)] == ["1", "2"]
        assert (second.start.of, second.start.fence) == ("call_1", 7)
        assert states(line) == ["answered"]

        await brain.shut_down()
        await brain.start_up()
        line, second = await brain.line(2), await brain.line(3)
        assert (line.start.resumed, second.start.of) == (True, "call_1")
        assert states(line) == ["answered"]
        for speaker, hz in ((second, 700), (line, 900), (caller, 440), (other, 1_000)):
            await speaker.say(tones.tone((hz,), 6_000))
        await far_brain.until(lambda: hears(other, 700, 440))
        await far_brain.until(lambda: hears(caller, 900, 700))
        await brain.until(lambda: hears(second, 1_000, 440))
        await line.clear()
        before = len(other.pcm)
        await line.send(Join(line.channel))
        await brain.until(lambda: states(line)[-1] == "joined")
        assert [stop.reason for stop in second.of(Stop)] == ["joined"]
        heard = len(second.pcm)
        await far_brain.until(lambda: hears(other, 440, 700))
        await far_brain.until(lambda: hears(caller, 1_000, 900))
        cued = other.pcm[before:]
        parts = [cued[at : at + 1_000] for at in range(0, len(cued) - 1_000, 500)]
        # A stall in which nothing was played may have swallowed it.
        assert max(strength(part, 784) for part in parts) > 200 or other.missed_samples
        assert len(second.pcm) - heard < 800


async def test_a_dismissed_one_is_hung_up_on_and_the_caller_stays(tmp_path):
    async with a_call(tmp_path) as (near, far, brain, far_brain):
        line, caller = await brain.line(), await far_brain.line()
        # A far side that takes no REFER is not asked a second time by it: it is called.
        await line.send(Refer(line.channel, "+15550009", mode="either", talk=True))
        incoming = await far[1].wait_for(control.Incoming, 2)
        assert incoming.to_number == "+15550009"
        far[0].command(control.Ring(incoming.line_key, 20_000))
        await brain.until(lambda: bool(line.of(Referred)))
        assert [(news.state, news.here) for news in line.of(Referred)] == [("progress", True)]
        await line.send(Dismiss(line.channel))
        await far[1].wait_for(control.IncomingGone)
        other = await joined(far, far_brain, line, number=3, talk=True)
        await brain.line(1)
        await line.send(Dismiss(line.channel))
        await far_brain.until(lambda: bool(other.of(Stop)))
        await line.say(tones.tone((700,), 1_000), mark="said")
        await far_brain.until(lambda: strength(caller.pcm, 700) > 100)
        await brain.until(lambda: line.of(Marked))
        assert "failed" not in states(line)


async def test_a_caller_who_came_in_is_transferred_over_the_numbers_trunk(tmp_path):
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "a") as near,
        an_edge(tmp_path / "b") as caller,
        an_edge(tmp_path / "c") as trunk,
    ):
        caller[0].command(dial(near[0].sip_port, ()))
        incoming = await near[1].wait_for(control.Incoming)
        over = control.Trunk(f"127.0.0.1:{trunk[0].sip_port}")
        accept = control.Accept(incoming.line_key, "call_in", 7, (brain.url,), trunk=over)
        near[0].command(accept)
        line = await brain.line()
        await line.send(Refer(line.channel, "+15550003", mode="invite"))
        wanted = await trunk[1].wait_for(control.Incoming)
        assert (wanted.to_number, wanted.from_number) == ("+15550003", "+15550002")
        assert not caller[1].of(control.Incoming)


async def test_a_second_leg_ends_with_the_caller_and_a_refused_one_is_told(tmp_path):
    async with a_call(tmp_path) as (near, far, brain, far_brain):
        line = await brain.line()
        await line.send(Refer(line.channel, "+15550003", mode="invite"))
        incoming = await far[1].wait_for(control.Incoming, 2)
        far[0].command(control.Reject(incoming.line_key, 486))
        await brain.until(lambda: "failed" in states(line))
        assert line.of(Referred)[-1].code == 486

        await line.send(Refer(line.channel, "+15550004", mode="invite"))
        incoming = await far[1].wait_for(control.Incoming, 3)
        far[0].command(control.Accept(incoming.line_key, "callee_3", 2, (far_brain.url,)))
        other = await far_brain.line(1)
        await brain.until(lambda: "joined" in states(line))
        far[0].command(control.End("callee_1", "enough"))
        await near[1].wait_for(control.Ended)
        await far_brain.until(lambda: bool(other.of(Stop)))
        assert len(near[1].of(control.Ended)) == 1
    assert not list((tmp_path / "a" / "edge" / "journal").glob("*.json"))
