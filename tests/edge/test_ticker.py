"""The order of things within one tick of 20 ms."""

import numpy as np
import pytest
from tests.edge.test_line import Bench

from uponai.edge.ticker import run_tick
from uponai.media import tones
from uponai.media.g711 import encode


def test_what_is_said_leaves_before_what_came_is_looked_at():
    bench = Bench()
    bench.line.pace.push(0, tones.tone((440,), 20))
    left_before = []

    def read():
        left_before.append(len(bench.sent))
        bench.receive(bench.far.packet(encode(tones.tone((440,), 20), "PCMU"), 0))

    run_tick([bench.line], read)
    assert left_before == [1]
    assert bench.line.ear.reception.received == 1


def test_joined_lines_hear_each_other_within_the_same_tick():
    caller, other = Bench(), Bench()
    caller.line.source = lambda agent: other.line.heard
    other.line.source = lambda agent: caller.line.heard
    said = []
    for frame in np.split(tones.tone((440,), 400), 20):

        def read(frame=frame):
            for bench, factor in ((caller, 1), (other, -1)):
                bench.receive(bench.far.packet(encode(factor * frame, "PCMU"), 0))
                bench.far.advance(160)

        run_tick([caller.line, other.line], read)
        for bench, hears in ((caller, other), (other, caller)):
            assert bench.sent[-1][0].payload == encode(hears.line.heard, "PCMU")
        said.append(other.line.spoken)
    assert np.abs(np.concatenate(said)).max() > 1_000


def fails(*_):
    raise RuntimeError("a fault")


class BrokenEar:
    pop = fails

    def __init__(self, ear):
        self.latch = ear.latch


@pytest.mark.parametrize("where", ["speaking", "hearing", "telling"])
def test_a_line_that_fails_ends_alone(where):
    lines = [Bench() for _ in range(3)]
    for bench in lines:
        bench.line.attach(bench.link, 1)
    failing = lines[1]
    match where:
        case "speaking":
            failing.line.source = fails
        case "hearing":
            failing.line.ear = BrokenEar(failing.line.ear)
        case "telling":
            failing.link.add_audio = fails
    for _ in range(5):
        run_tick([bench.line for bench in lines if not bench.line.is_over])
    assert failing.over == [("protocol", "internal error")]
    for bench in (lines[0], lines[2]):
        assert bench.over == []
        assert 5 <= len(bench.sent) <= 6
        assert 5 <= len(bench.link.audio) <= 6
