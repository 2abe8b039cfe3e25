"""Two lines that report to each other, on a clock of their own."""

from dataclasses import replace

import numpy as np
import pytest
from tests.edge.test_line import LinkOfLists, media

from uponai.edge.line import Line
from uponai.edge.ticker import run_tick
from uponai.link.media import Quality
from uponai.media import rtcp, rtp
from uponai.sip.crypto import SUITES, Crypto, Secured

HERE, THERE = ("192.0.2.1", 4_000), ("192.0.2.2", 5_000)
A, B = (Crypto(1, SUITES[0], key * 30) for key in (b"a", b"b"))


class Pair:
    """Two lines with a network between them that loses and delays; ``now`` in seconds."""

    def __init__(self, *, loss=0.0, way_ticks=2, secured=False, mux=False):
        self.now = 50.0
        self.ticks = 0
        self.loss = loss
        self.way_ticks = way_ticks
        self.draw = np.random.default_rng(3550)
        self.flying = []
        self.raw = []
        self.near, self.far = self._line(HERE, THERE, 11), self._line(THERE, HERE, 22)
        keys = (Secured(A, B), Secured(B, A)) if secured else (None, None)
        for line, far, key in zip((self.near, self.far), (THERE, HERE), keys, strict=True):
            port = far[1] if mux else far[1] + 1
            agreed = replace(media(), host=far[0], port=far[1], secured=key, rtcp_port=port)
            line.agree(agreed)
        self.link = LinkOfLists()
        self.near.attach(self.link, 9)

    def _line(self, ours, theirs, ssrc):
        def send(data, to, port):
            self.raw.append((data, to))
            if rtcp.is_rtcp(data) or self.draw.random() >= self.loss:
                self.flying.append((self.ticks + self.way_ticks, data, (ours[0], port), to))

        stream = rtp.RtpStream(ssrc, 0, 0)
        sends = (lambda d, to: send(d, to, ours[1]), lambda d, to: send(d, to, ours[1] + 1))
        line = Line(f"call_{ssrc}", 1, stream, sends, lambda *_: None)
        line.reports._clock = lambda: self.now
        return line

    def run(self, seconds):
        for _ in range(int(seconds * 50)):
            arrived = [item for item in self.flying if item[0] <= self.ticks]
            self.flying = [item for item in self.flying if item[0] > self.ticks]
            for _, data, source, to in arrived:
                line = self.near if to[0] == HERE[0] else self.far
                line.receive(data, source, self.now)
            run_tick([self.near, self.far])
            self.ticks += 1
            self.now += 0.02


@pytest.mark.parametrize("mux", [False, True])
@pytest.mark.parametrize("secured", [False, True])
def test_the_brain_is_told_loss_and_round_trip(secured, mux):
    pair = Pair(loss=0.05, secured=secured, mux=mux)
    pair.run(30)
    told = pair.link.of(Quality)
    assert len(told) in (5, 6)
    last = told[-1]
    assert last.packets_received > 1_200
    assert last.loss_percent == pytest.approx(5, abs=2)
    assert last.remote_loss_percent == pytest.approx(5, abs=3)
    assert last.round_trip_ms == pytest.approx(80, abs=45)  # to a tick
    assert 3 < last.mos < 4
    ports = {to[1] for data, to in pair.raw if rtcp.is_rtcp(data)}
    assert ports == ({4_000, 5_000} if mux else {4_001, 5_001})


def test_a_clean_line_is_a_good_one():
    pair = Pair()
    pair.run(12)
    last = pair.link.of(Quality)[-1]
    assert (last.packets_lost, last.loss_percent, last.jitter_ms) == (0, 0.0, 0.0)
    assert last.mos > 4.3


def test_a_far_side_that_begins_a_new_stream_keeps_its_figures():
    pair = Pair(loss=0.05)
    pair.run(12)
    before = pair.link.of(Quality)[-1]
    pair.far.voice._stream = rtp.RtpStream(23, 60_000, 9)
    pair.run(12)
    last = pair.link.of(Quality)[-1]
    assert last.packets_received > before.packets_received + 400
    assert last.packets_lost > before.packets_lost > 10
    assert last.loss_percent == pytest.approx(5, abs=2.5)


def test_keys_and_comfort_noise_are_no_losses():
    """Both take numbers of the sound's own sequence."""
    pair = Pair()
    pair.run(2)
    pair.far.voice.press("0123456789")
    pair.run(5)
    noise = pair.far.voice._stream.packet(b"\x40", 13)
    pair.near.receive(noise, THERE, pair.now)
    pair.run(5)
    last = pair.link.of(Quality)[-1]
    assert last.packets_received > 350
    assert (last.packets_lost, last.loss_percent, last.jitter_ms) == (0, 0.0, 0.0)


def test_reports_of_strangers_and_forgeries_count_for_nothing():
    pair = Pair(secured=True)
    pair.run(1)
    liar = rtcp.Reporter(22, "liar")
    heard = rtp.Reception()
    for n in (0, 90):
        heard.note(rtp.RtpPacket(0, False, n, n * 160, 11, b""), n / 50)
    lie = liar.packet((0, 5, 5), heard, 11, 1.0)
    pair.near.reports.receive(lie, ("198.51.100.1", 5_001), pair.now)
    pair.near.reports.receive(lie, (THERE[0], 5_001), pair.now)
    assert pair.near.reports.quality(9).remote_loss_percent is None


def test_a_line_that_was_never_heard_has_figures_too():
    pair = Pair(loss=1.0)
    pair.run(6)
    last = pair.link.of(Quality)[-1]
    assert (last.packets_received, last.round_trip_ms) == (0, None)
