"""The order of things within one tick of 20 ms."""

import numpy as np
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
