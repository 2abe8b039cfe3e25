"""One line, tick by tick, without sockets or clocks."""

from dataclasses import replace

import numpy as np
import pytest

from uponai.edge.line import DRAIN_TICKS, Company, Line, LineLimits
from uponai.edge.ticker import run_tick
from uponai.link.media import Cleared, Dtmf, Marked, Start
from uponai.media import rtp, tones
from uponai.media.dtmf import DigitReceiver, digit_payloads
from uponai.media.g711 import decode, encode
from uponai.media.g722 import G722Decoder, G722Encoder
from uponai.media.srtp import MasterKey, SrtpReceiver, SrtpSender
from uponai.sip.crypto import SUITES, Crypto, Secured
from uponai.sip.offer import G722, PCMA, PCMU, AudioAgreement
from uponai.sip.sdp import Direction

FAR = ("192.0.2.5", 7000)


def media(direction=Direction.SENDRECV, codec=PCMU, port=FAR[1]):
    number = codec.payload_type
    return AudioAgreement(FAR[0], port, codec, number, 101, 101, 20, direction)


class LinkOfLists:
    def __init__(self):
        self.messages = []
        self.audio = []

    def tell(self, message):
        self.messages.append(message)

    def add_audio(self, channel, line_sample, pcm):
        self.audio.append((channel, line_sample, pcm.copy()))

    def of(self, kind):
        return [message for message in self.messages if isinstance(message, kind)]


class TapeOfLists:
    def __init__(self):
        self.left, self.right = [], []

    def write(self, left, right):
        self.left.append(left.copy())
        self.right.append(right.copy())


class Bench:
    """A line, its far side and what became of both."""

    def __init__(self, agreed=None):
        self.sent, self.reports, self.over = [], [], []
        stream = rtp.RtpStream(1, 2, 3)
        self.line = Line(
            "call_1",
            4,
            stream,
            (
                lambda data, to: self.sent.append((rtp.parse(data), to)),
                lambda data, to: self.reports.append((data, to)),
            ),
            lambda cause, reason: self.over.append((cause, reason)),
        )
        self.line.agree(agreed or media())
        self.far = rtp.RtpStream(99, 0, 0)
        self.link = LinkOfLists()
        self.now = 0.0

    def tick(self, count=1, hears=None):
        """Ticks, before each of which the far side sends a packet of ``hears``."""
        for n in range(count):
            if hears is not None:
                frame = hears[n * 160 : n * 160 + 160]
                self.receive(self.far.packet(encode(frame, "PCMU"), 0))
                self.far.advance(160)
            run_tick([self.line])
            self.now += 0.02

    def receive(self, data, source=FAR):
        self.line.receive(data, source, self.now)

    def spoken(self, codec="PCMU"):
        return np.concatenate([decode(packet.payload, codec) for packet, _ in self.sent])


def test_a_packet_leaves_every_tick_whether_or_not_there_is_something_to_say():
    bench = Bench()
    bench.line.pace.push(0, tones.tone((440,), 60))
    bench.tick(6)
    assert [to for _, to in bench.sent] == [FAR] * 6
    assert [packet.timestamp for packet, _ in bench.sent] == [3 + 160 * n for n in range(6)]
    assert np.abs(bench.spoken()[:480]).max() > 1_000
    assert not bench.spoken()[480:].any()


def test_alaw_is_spoken_where_it_was_agreed():
    bench = Bench(media(codec=PCMA))
    bench.line.pace.push(0, tones.tone((440,), 40))
    bench.tick(2)
    assert bench.sent[0][0].payload_type == 8
    assert np.abs(bench.spoken("PCMA") - tones.tone((440,), 40)).max() < 300


def test_the_brain_hears_the_caller_on_the_line_clock():
    bench = Bench()
    bench.line.attach(bench.link, 7)
    voice = tones.tone((500,), 1_000)
    bench.tick(50, hears=voice)
    assert [sample for _, sample, _ in bench.link.audio] == [160 * n for n in range(50)]
    heard = np.concatenate([pcm for _, _, pcm in bench.link.audio])
    assert np.abs(heard[480:].astype(int) - voice[160:-320]).max() < 300  # 40 ms behind


def test_tape_and_brain_hear_the_same_and_the_tape_also_the_agent():
    bench = Bench()
    bench.line.tape = tape = TapeOfLists()
    bench.line.attach(bench.link, 1)
    bench.line.pace.push(0, tones.tone((300,), 200))
    bench.tick(20, hears=tones.tone((500,), 400))
    assert np.array_equal(np.stack(tape.right), np.stack([pcm for _, _, pcm in bench.link.audio]))
    left = np.concatenate(tape.left)
    assert np.array_equal(left[:1_600], tones.tone((300,), 200))
    assert not left[1_600:].any()


def test_marks_and_clears_are_answered_with_what_was_played():
    bench = Bench()
    bench.line.attach(bench.link, 3)
    bench.line.pace.push(0, tones.tone((300,), 1_000))
    bench.line.pace.mark("half", 800)
    bench.tick(10)
    assert bench.link.of(Marked) == [Marked(3, "half", 800, 800)]
    bench.line.clear("barge-in")
    assert bench.link.of(Cleared) == [Cleared(3, "barge-in", 1_600, 8_000, 1_600)]
    bench.sent.clear()
    bench.tick(3)
    assert not bench.spoken().any()


def test_keys_are_told_once_by_rtp_and_by_info():
    bench = Bench()
    bench.line.attach(bench.link, 3)
    for n, payload in enumerate(digit_payloads("5")):
        bench.receive(bench.far.event_packet(payload, 101, 4_000, marker=n == 0))
    bench.line.press("#")
    assert [message.digit for message in bench.link.of(Dtmf)] == ["5", "#"]


def test_a_new_brain_is_told_where_the_line_stands():
    bench = Bench()
    bench.line.attach(bench.link, 1)
    bench.line.pace.push(0, tones.tone((300,), 1_000))
    bench.line.pace.mark("of the old brain", 8_000)
    bench.tick(10)
    bench.line.detach()
    bench.tick(5)
    second = LinkOfLists()
    bench.line.attach(second, 9)
    assert second.messages == [
        Start(9, "call_1", 4, 8_000, 2_400, True, next_position=8_000, played_position=2_400)
    ]
    bench.tick(50)
    assert second.of(Marked) == []


def test_a_brain_that_refused_never_had_the_line():
    bench = Bench()
    bench.line.attach(bench.link, 1)
    bench.line.detach(refused=True)
    bench.line.attach(bench.link, 2)
    assert bench.link.of(Start)[1].resumed is False
    bench.tick(60)
    bench.line.detach(refused=True)  # it drains: the conversation has begun all the same
    bench.line.attach(bench.link, 3)
    assert bench.link.of(Start)[2].resumed is True


def test_alone_the_caller_hears_company_and_then_the_line_ends():
    bench = Bench()
    bench.line.company = Company(tones.tone((400,), 200), tones.tone((600,), 100))
    bench.line.limits = LineLimits(company_ticks=100, media_ticks=10_000)
    bench.tick(50)
    assert not bench.spoken().any()
    bench.tick(49)
    assert np.abs(bench.spoken()[50 * 160 :]).max() > 1_000
    assert bench.over == []
    bench.tick()
    assert bench.over == [("no_brain", "no brain took the line")]


@pytest.mark.parametrize("needs_brain", [False, True])
def test_who_waits_on_hold_needs_a_brain_and_who_talks_to_somebody_else_does_not(needs_brain):
    bench = Bench()
    bench.line.limits = LineLimits(company_ticks=100, media_ticks=10_000)
    bench.line.company = Company(tones.tone((440,), 100), tones.tone((440,), 100))
    other = np.full(160, 999, dtype=np.int16)
    bench.line.source = lambda agent: other
    bench.line.needs_brain = needs_brain
    bench.tick(99)
    assert decode(bench.sent[-1][0].payload, "PCMU")[0] == pytest.approx(999, abs=32)
    bench.tick(60)
    assert bool(bench.over) is needs_brain


def test_two_lines_go_to_the_same_brain():
    bench, second = Bench(), Bench()
    carried = []
    bench.link.attach = carried.append
    bench.line.beside = second.line
    bench.line.attach(bench.link, 3)
    assert carried == [second.line]
    assert isinstance(bench.link.messages[0], Start)


def test_brains_that_only_flicker_are_no_company():
    bench = Bench()
    bench.line.limits = LineLimits(company_ticks=100, media_ticks=10_000)
    for _ in range(11):
        bench.tick(10)
        bench.line.attach(bench.link, 1)
        bench.tick(2)
        bench.line.detach()
    assert bench.over == [("no_brain", "no brain took the line")]


def test_silence_on_the_wire_ends_the_line_but_hold_does_not():
    bench = Bench()
    bench.line.attach(bench.link, 1)
    bench.line.limits = LineLimits(company_ticks=10_000, media_ticks=40)
    bench.tick(30)
    bench.tick(1, hears=tones.silence(20))
    bench.tick(20)
    bench.line.agree(media(Direction.INACTIVE))
    bench.tick(500)
    assert bench.over == []
    bench.line.agree(media())
    bench.tick(40)
    assert bench.over == [("media_timeout", "no audio from the far side")]


def test_on_hold_nothing_is_sent_and_nothing_is_lost():
    bench = Bench()
    bench.line.attach(bench.link, 1)
    bench.line.pace.push(0, tones.tone((300,), 100))
    bench.line.agree(media(Direction.RECVONLY))
    bench.tick(10)
    assert bench.sent == []
    bench.line.agree(media())
    bench.tick(5)
    assert np.abs(bench.spoken() - tones.tone((300,), 100)).max() < 300
    assert bench.sent[0][0].marker


def test_hanging_up_after_playout_waits_for_the_last_word():
    bench = Bench()
    bench.line.pace.push(0, tones.tone((300,), 200))
    bench.line.hang_up("agent_hangup", after_playout=True)
    bench.tick(10 + DRAIN_TICKS - 2)
    assert bench.over == []
    bench.tick(3)
    assert bench.over == [("local_hangup", "agent_hangup")]
    bench.tick(3)
    assert len(bench.over) == 1


def test_hanging_up_on_hold_does_not_wait_for_ever():
    bench = Bench(media(Direction.INACTIVE))
    bench.line.pace.push(0, tones.tone((300,), 200))
    bench.line.hang_up("agent_hangup", after_playout=True)
    bench.tick(310)
    assert bench.over == [("local_hangup", "agent_hangup")]


def test_hanging_up_at_once_does_not_wait():
    bench = Bench()
    bench.line.pace.push(0, tones.tone((300,), 200))
    bench.line.hang_up("error", after_playout=False)
    assert bench.over == [("local_hangup", "error")]


def test_comfort_noise_shows_that_the_far_side_lives():
    bench = Bench()
    bench.line.attach(bench.link, 1)
    bench.line.limits = LineLimits(company_ticks=10_000, media_ticks=40)
    bench.tick(2, hears=tones.silence(40))
    for _ in range(10):
        bench.tick(20)
        bench.receive(bench.far.packet(b"\x40", 13))
    assert bench.over == []


def test_a_stranger_and_a_flood_are_not_heard():
    bench = Bench()
    bench.line.attach(bench.link, 1)
    bench.tick(5, hears=tones.silence(100))
    stranger = rtp.RtpStream(5, 0, 0)
    tone = tones.tone((500,), 400)
    for n in range(20):
        for _ in range(500):
            bench.receive(stranger.packet(b"\x00" * 160, 0), ("198.51.100.1", 9))
            stranger.advance(160)
        bench.tick(1, hears=tone[n * 160 : n * 160 + 160])
    heard = np.concatenate([pcm for _, _, pcm in bench.link.audio])[-2_400:]
    assert np.abs(heard.astype(int) - tone[-2_720:-320]).max() < 300


@pytest.mark.parametrize("junk", [b"", b"\x80", bytes(12), b"\x80\xc8" + bytes(40), b"x" * 2_000])
def test_junk_on_the_port_does_nothing(junk):
    bench = Bench()
    bench.receive(junk)
    bench.tick(2)
    assert bench.over == []


def test_a_stall_keeps_the_clocks_true():
    bench = Bench()
    bench.line.tape = tape = TapeOfLists()
    bench.tick(2)
    bench.line.skip(20)
    bench.tick(1)
    assert bench.line.line_sample == 23 * 160 == len(tape.left) * 160
    assert bench.sent[-1][0].timestamp == 3 + 22 * 160


def heard_keys(sent):
    receiver = DigitReceiver()
    events = [packet for packet, _ in sent if packet.payload_type == 101]
    told = [
        receiver.put(packet.timestamp, packet.payload, marker=packet.marker) for packet in events
    ]
    return "".join(digit for digit in told if digit)


def test_keys_are_sent_as_events_and_the_words_wait_for_them():
    bench = Bench()
    voice = tones.tone((300,), 200)
    bench.line.pace.push(0, voice)
    bench.line.voice.press("1w1#")
    bench.tick(100)
    assert heard_keys(bench.sent) == "11#"
    first = [p.timestamp for p, _ in bench.sent if p.payload_type == 101 and p.marker]
    assert 0.5 < (first[1] - first[0]) / 8_000 < 1.0 > (first[2] - first[1]) / 8_000
    audio = [decode(p.payload, "PCMU") for p, _ in bench.sent if p.payload_type == 0]
    loud = [n for n, frame in enumerate(audio) if np.abs(frame).max() > 1_000]
    assert len(loud) == 10
    assert np.abs(np.concatenate(audio[loud[0] : loud[0] + 10]).astype(int) - voice).max() < 300
    sequences = [packet.sequence for packet, _ in bench.sent]
    assert sequences == list(range(2, 2 + len(sequences)))


def test_keys_survive_every_second_packet_being_lost():
    bench = Bench()
    bench.line.voice.press("4711")
    bench.tick(100)
    assert heard_keys(bench.sent[::2]) == heard_keys(bench.sent[1::2]) == "4711"


def secured(ours=b"o" * 30, theirs=b"t" * 30):
    return Secured(Crypto(1, SUITES[0], ours), Crypto(1, SUITES[0], theirs))


def test_where_keys_were_agreed_nothing_plain_is_sent_or_heard():
    bench = Bench(replace(media(), secured=secured()))
    bench.line.attach(bench.link, 1)
    raw = []
    bench.line.voice.dispatch = lambda data, to: raw.append(data)
    sealer = SrtpSender(MasterKey(SUITES[0], b"t" * 30))
    voice = tones.tone((500,), 400)
    bench.line.pace.push(0, tones.tone((300,), 400))
    for n in range(20):
        frame = encode(voice[n * 160 : n * 160 + 160], "PCMU")
        bench.receive(sealer.protect(bench.far.packet(frame, 0)))
        bench.receive(rtp.RtpStream(5, n, n * 160).packet(b"\x00" * 160, 0))
        bench.far.advance(160)
        bench.tick()
    opener = SrtpReceiver(MasterKey(SUITES[0], b"o" * 30))
    opened = [rtp.parse(opener.unprotect(data)) for data in raw]
    said = np.concatenate([decode(packet.payload, "PCMU") for packet in opened])
    assert np.abs(said.astype(int) - tones.tone((300,), 400)).max() < 300
    heard = np.concatenate([pcm for _, _, pcm in bench.link.audio])
    assert np.abs(heard[480:].astype(int) - voice[160:-320]).max() < 300


def test_a_key_that_is_named_again_goes_on_where_it_was():
    bench = Bench(replace(media(), secured=secured()))
    raw = []
    bench.line.voice.dispatch = lambda data, to: raw.append(data)
    opener = SrtpReceiver(MasterKey(SUITES[0], b"o" * 30))
    bench.tick(3)
    bench.line.agree(replace(media(port=9_000), secured=secured(theirs=b"n" * 30)))
    bench.tick(3)
    assert all(opener.unprotect(data) is not None for data in raw)
    sealer = SrtpSender(MasterKey(SUITES[0], b"n" * 30))
    bench.receive(sealer.protect(bench.far.packet(b"\x00" * 160, 0)), (FAR[0], 9_000))
    assert bench.line.ear.reception.received == 1


def test_g722_is_heard_and_spoken_over_losses():
    bench = Bench(media(codec=G722))
    bench.line.attach(bench.link, 1)
    said, voice = tones.tone((300,), 400), tones.tone((500,), 400)
    bench.line.pace.push(0, said)
    encoder, decoder = G722Encoder(), G722Decoder()
    for n in range(20):
        coded = encoder.encode(voice[n * 160 : n * 160 + 160])
        if n != 10:
            bench.receive(bench.far.packet(coded, 9))
        bench.far.advance(160)
        bench.tick()
    spoken = np.concatenate([decoder.decode(packet.payload) for packet, _ in bench.sent])
    heard = np.concatenate([pcm for _, _, pcm in bench.link.audio])
    assert {packet.payload_type for packet, _ in bench.sent} == {9}
    assert np.corrcoef(spoken[320:], said[320:])[0, 1] > 0.99
    assert np.corrcoef(heard[480:1_600], voice[160:1_280])[0, 1] > 0.99
    assert np.corrcoef(heard[2_240:], voice[1_920:-320])[0, 1] > 0.95
    assert not bench.line.ear.figures.late
