"""What sounds before the answer: heard by a brain, answered by nobody."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from tests.edge.test_line import FAR, Bench, LinkOfLists, TapeOfLists, media
from tests.fakes.brain import FakeBrain
from tests.fakes.edges import an_edge, dial
from tests.fakes.sipp import AVAILABLE, free_port, sipp
from tests.fakes.sipp_script import (
    ANSWERED_LATE,
    CUED,
    HUNG_UP,
    answer,
    invited,
    played,
    plays,
    plays_on,
    recv,
    scenario,
)
from tests.phone.test_baresip import chirp, likeness, usual_likeness

from uponai.edge.line import TICKS_A_SECOND, LineLimits, put_on_air
from uponai.link import control
from uponai.link.media import Listen, Overheard, Start, Stop
from uponai.media import tones
from uponai.media.g711 import encode
from uponai.media.tape import HEAD_BYTES

# One line, tick by tick


def an_early_line():
    bench = Bench()
    bench.line.is_early = True
    return bench


def test_a_brain_is_told_to_listen_and_hears_on_a_clock_of_its_own():
    bench = an_early_line()
    bench.tick(10)
    bench.line.attach(bench.link, 7)
    voice = tones.tone((500,), 1_000)
    bench.tick(50, hears=voice)
    assert bench.link.messages == [Listen(7, "call_1", 4, line_sample=1_600)]
    assert [sample for _, sample, _ in bench.link.audio] == [1_600 + 160 * n for n in range(50)]
    heard = np.concatenate([pcm for _, _, pcm in bench.link.audio])
    assert np.abs(heard[480:].astype(int) - voice[160:-320]).max() < 300


def test_silence_leaves_an_early_line_whoever_listens_and_however_long_nobody_answers():
    bench = an_early_line()
    bench.line.limits = LineLimits(5, 5)
    bench.line.pace.push(0, tones.tone((440,), 200))
    bench.tick(3 * TICKS_A_SECOND)
    assert len(bench.sent) == 3 * TICKS_A_SECOND  # a far side behind NAT learns where we are
    assert not bench.spoken().any()
    assert not bench.over


def test_the_answer_begins_the_line_at_sample_0_on_the_same_channel():
    bench = an_early_line()
    bench.line.attach(bench.link, 7)
    bench.line.early_words.take(Overheard(7, "please hold"))
    voice = tones.tone((500,), 2_000)
    bench.tick(50, hears=voice)
    bench.line.tape = tape = TapeOfLists()
    put_on_air(bench.line)
    assert bench.link.of(Start) == [Start(7, "call_1", 4, heard="please hold")]
    before = len(bench.link.audio)
    bench.tick(50, hears=voice[8_000:])
    entries = bench.link.audio[before:]
    assert [sample for _, sample, _ in entries] == [160 * n for n in range(50)]
    whole = np.concatenate([pcm for _, _, pcm in bench.link.audio])
    assert np.abs(whole[480:].astype(int) - voice[160:-320]).max() < 300  # no gap in what is heard
    assert len(np.concatenate(tape.right)) == 8_000
    bench.line.pace.push(0, tones.tone((440,), 200))
    bench.tick(5)
    assert bench.spoken()[-480:].any()


def test_a_brain_that_comes_after_the_answer_is_not_told_that_the_line_resumes():
    bench = an_early_line()
    bench.line.attach(bench.link, 7)
    bench.line.detach()
    put_on_air(bench.line)
    other = LinkOfLists()
    bench.line.attach(other, 1)
    assert not other.of(Start)[0].resumed


def test_an_answered_line_bears_silence_no_longer():
    bench = an_early_line()
    bench.line.limits = LineLimits(500, 5)
    bench.tick(100)
    put_on_air(bench.line)
    bench.line.agree(media())
    bench.tick(4)
    assert not bench.over
    bench.tick(1)
    assert bench.over == [("media_timeout", "no audio from the far side")]


def test_of_several_phones_the_one_that_told_last_is_heard():
    bench = an_early_line()
    bench.line.attach(bench.link, 7)
    bench.tick(10, hears=tones.tone((440,), 200))
    bench.line.agree(media(port=7_100))
    other = (FAR[0], 7_100)
    bench.tick(3, hears=tones.tone((440,), 200))  # the first phone goes on sending
    for _ in range(10):
        bench.line.receive(bench.far.packet(encode(tones.tone((600,), 20), "PCMU"), 0), other, 9.0)
        bench.far.advance(160)
    bench.tick(1)
    assert bench.sent[-1][1] == other
    assert bench.line.ear.latch.source == other


# Whole edges and SIPp

EARLY = played(answer("183 Session Progress", sdp="sendrecv"))
RELIABLE = played(answer("183 Session Progress", "Require: 100rel", "RSeq: 7", sdp="sendrecv")) + (
    recv("PRACK", "RAck: 7 1 INVITE") + answer("200 OK")
)
DEAF_FORK = answer("183 Session Progress", sdp="sendrecv").replace(
    "uas[call_number]", "fork[call_number]"
)
NO, YES = chirp(300, 1_500, 1.2), chirp(2_400, 700, 1.2)

sipp_installed = pytest.mark.skipif(
    not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"
)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """The files of the two chirps, by name."""
    folder = tmp_path_factory.mktemp("sounds")
    paths = {}
    for name, pcm in (("no", NO), ("yes", YES)):
        paths[name] = folder / f"{name}.pcmu"
        paths[name].write_bytes(encode(pcm, "PCMU"))
    return paths


def one_after_the_other(sounds, *early):
    """Play one chirp until the answer is cued, and another from then on."""
    answered = (CUED, plays_on(sounds["yes"]), played(ANSWERED_LATE), HUNG_UP)
    return scenario(invited(), *early, plays_on(sounds["no"]), *answered)


async def has_come(brain, line, said):
    """Return once ``said``, which is played on and on, was heard whole: who got no processor for
    a moment tears it."""
    for times in range(1, 40):
        samples = len(said) * times + 1_600
        await brain.until(lambda samples=samples: len(line.pcm) > samples)
        if usual_likeness(line.pcm, said) > 0.99:
            return
    raise AssertionError(f"torn, again and again: {usual_likeness(line.pcm, said)}")


def cue_answer(far, ear):
    far.cue(ear.of(control.Dialling)[0].sip_call_id)


async def answered_after(folder, text):
    """A call whose far side plays one sound before it answers and another after: the brain's
    early line, its line, the edge's Ended, and the tape."""
    async with (
        FakeBrain() as brain,
        sipp(folder / "sipp", text) as far,
        an_edge(folder / "edge") as (edge, ear),
    ):
        edge.command(dial(far.port, [brain.url]))
        early = await brain.early_line()
        await early.say(tones.tone((440,), 1_000))  # not yet
        await has_come(brain, early, NO)
        cue_answer(far, ear)
        line = await brain.line()
        await has_come(brain, line, YES)
        await line.hang_up()
        ended = await ear.wait_for(control.Ended)
        await brain.until(lambda: line.of(Stop))
        passed, output = await far.passed()
        assert passed, output
    tape = (folder / "edge" / "tape" / "call_1" / "7-0").read_bytes()[HEAD_BYTES:]
    return early, line, ended, np.frombuffer(tape, dtype=np.int16)


@pytest.mark.realtime
@sipp_installed
async def test_the_line_goes_on_from_early_media_to_the_answer(tmp_path, sounds):
    """Announced by a plain response, by a reliable one (RFC 3262), by the second of two phones."""
    ways = {"plain": (EARLY,), "prack": (RELIABLE,), "fork": (DEAF_FORK, EARLY)}
    calls = await asyncio.gather(
        *(
            answered_after(tmp_path / name, one_after_the_other(sounds, *early))
            for name, early in ways.items()
        )
    )
    for early, line, ended, tape in calls:
        assert early.start.call_id == "call_1"
        assert early.channel == line.channel
        assert (line.start.line_sample, line.start.resumed, line.first_sample) == (0, False, 0)
        assert (ended.cause, ended.answered) == ("local_hangup", True)
        assert len(tape) == 2 * ended.line_samples
        for heard in (line.pcm, tape[1::2]):
            assert usual_likeness(heard, YES) > 0.99
            assert likeness(heard, NO[:8_000]) < 0.5
        assert not tape[0::2].any()  # what was said too early is not said later either


@pytest.mark.realtime
@sipp_installed
async def test_a_call_that_fails_after_an_announcement_says_what_was_announced(tmp_path, sounds):
    announced = plays(sounds["no"], 1.6)
    text = scenario(invited(), EARLY, announced, answer("404 Not Found"), recv("ACK"))
    async with (
        FakeBrain() as brain,
        sipp(tmp_path / "sipp", text) as far,
        an_edge(tmp_path / "edge") as (edge, ear),
    ):
        brain.understood = "not in service"
        edge.command(dial(far.port, [brain.url]))
        ended = await ear.wait_for(control.Ended)
        assert edge.line_count == 0
        assert (await far.passed())[0]
    assert (ended.cause, ended.sip_code, ended.heard) == ("code", 404, "not in service")
    assert (ended.answered, ended.line_samples) == (False, 0)
    assert brain.early[0].of(Stop)[0].reason == "code"
    assert not brain.lines
    assert not (tmp_path / "edge" / "tape" / "call_1").exists()


RINGS_ON = scenario(
    invited(), EARLY, recv("CANCEL"), answer("200 OK"),
    answer("487 Request Terminated").replace("[last_Via:]", "Via:[$via]")
    .replace("[last_CSeq:]", "CSeq: 1 INVITE"), recv("ACK"),
)  # fmt: skip


@pytest.mark.realtime
@sipp_installed
@pytest.mark.parametrize(("why", "attempts"), [("cancelled", 2), ("ring_timeout", 1)])
async def test_an_early_line_that_we_give_up_leaves_nothing_behind(tmp_path, why, attempts):
    """With a brain that never says what it heard, and one port for audio."""
    ring_ms = 1_500 if why == "ring_timeout" else 30_000
    first = free_port()
    async with (
        FakeBrain() as brain,
        sipp(tmp_path / "sipp", RINGS_ON, calls=attempts) as far,
        an_edge(
            tmp_path / "edge", port_quarantine_s=0.0,
            rtp_first=first, rtp_last=first + 1,
        ) as (edge, ear),
    ):  # fmt: skip
        brain.understood = None
        for attempt in range(1, attempts + 1):
            edge.command(dial(far.port, [brain.url], attempt=attempt, ring_timeout_ms=ring_ms))
            await brain.early_line(attempt - 1)
            if why == "cancelled":
                edge.command(control.End("call_1", "enough"))
            ended = await ear.wait_for(control.Ended, attempt)
            assert (ended.cause, ended.answered, ended.heard) == (why, False, "")
            assert edge.line_count == 0
            await brain.until(lambda: brain.early[-1].of(Stop))
        assert (await far.passed())[0]


@pytest.mark.realtime
@sipp_installed
async def test_another_brain_listens_on_where_one_dies_and_talks_after_the_answer(tmp_path, sounds):
    text = one_after_the_other(sounds, EARLY)
    async with (
        FakeBrain() as first,
        FakeBrain() as second,
        sipp(tmp_path / "sipp", text) as far,
        an_edge(tmp_path / "edge") as (edge, ear),
    ):
        edge.command(dial(far.port, [first.url, second.url]))
        early = await first.early_line()
        await first.until(lambda: len(early.heard) > 8_000)
        await early.send(Overheard(early.channel, "please hold"))
        await early.send(Overheard(early.channel, "please hold the line"))
        await first.shut_down()
        early = await second.early_line()
        assert early.start.heard == "please hold the line"
        assert early.start.line_sample > 0
        cue_answer(far, ear)
        line = await second.line()
        assert (line.start.heard, line.start.resumed) == ("please hold the line", False)
        await has_come(second, line, YES)
        await line.hang_up()
        assert (await ear.wait_for(control.Ended)).cause == "local_hangup"
        assert (await far.passed())[0]
