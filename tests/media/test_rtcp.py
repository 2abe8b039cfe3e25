"""Reports between two parties, and against what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.media import rtcp
from uponai.media.quality import BEST_MOS, mos
from uponai.media.rtp import Reception, RtpPacket

SR = bytes.fromhex("81c8000c00000001aaaabbbbccccdddd000000a00000000300000004") + bytes.fromhex(
    "00000007 40fffffe 00010005 00000050 11112222 00008000".replace(" ", "")
)


def heard(sequences, jitter=0.0):
    reception = Reception()
    for n, sequence in enumerate(sequences):
        reception.note(RtpPacket(0, False, sequence, sequence * 160, 7, b""), n * 0.02)
    reception.jitter_samples = jitter
    return reception


def test_a_sender_report_is_read():
    (report,) = rtcp.parse(SR)
    assert (report.ssrc, report.ntp_middle) == (1, 0xBBBBCCCC)
    assert report.blocks == (rtcp.Block(7, 0x40, -2, 0x10005, 80, 0x11112222, 0x8000),)


def test_two_parties_tell_each_other_loss_jitter_and_the_way():
    here, there = rtcp.Reporter(1, "here"), rtcp.Reporter(2, "there")
    assert there.take(here.packet((160, 50, 8_000), Reception(), None, 100.0), 500.040)
    lossy = heard([n for n in range(100) if n % 10 != 3], jitter=24.0)
    answer = there.packet((0, 100, 16_000), lossy, 1, 502.0)
    assert here.take(answer, 102.060)
    figures = here.figures
    assert figures.lost_there == pytest.approx(0.1, abs=0.005)
    assert figures.jitter_there_ms == 3.0
    assert figures.round_trip_ms == pytest.approx(100, abs=0.5)
    there.note(lossy)
    assert (there.figures.received, there.figures.lost) == (90, 10)
    assert there.figures.lost_here == 0.1


def test_the_share_lost_is_that_since_the_last_report():
    here, there = rtcp.Reporter(1, "a"), rtcp.Reporter(2, "b")
    reception = heard([0, 1, 2, 3, 4, 9])
    here.take(there.packet((0, 0, 0), reception, 1, 1.0), 1.0)
    first = here.figures.lost_there
    for n in range(10, 110):
        reception.note(RtpPacket(0, False, n, n * 160, 7, b""), n * 0.02)
    report = rtcp.parse(there.packet((0, 0, 0), reception, 1, 6.0))[0]
    assert first == 0.3984375
    assert report.blocks[0].fraction_lost == 0
    assert report.blocks[0].lost == 4


def test_a_source_that_follows_another_adds_to_its_figures_and_is_reported_alone():
    here, there = rtcp.Reporter(1, "a"), rtcp.Reporter(2, "b")
    first = heard([n for n in range(100) if n % 10 != 3], jitter=80.0)
    here.take(there.packet((0, 0, 0), first, 7, 1.0), 1.0)
    second = first.next_source()
    for n in range(40_000, 40_051):
        if n != 40_025:
            second.note(RtpPacket(0, False, n & 0xFFFF, n * 160, 8, b""), n * 0.02)
    there.note(second)
    figures = there.figures
    assert (figures.received, figures.lost) == (90 + 50, 10 + 1)
    assert figures.jitter_ms == pytest.approx(0, abs=0.01)
    (report,) = rtcp.parse(there.packet((0, 0, 0), second, 8, 6.0))
    (block,) = report.blocks
    assert (block.ssrc, block.lost, block.fraction_lost) == (8, 1, 256 // 51)


def test_every_packet_begins_with_a_report_and_names_us():
    for packets in (0, 5):
        data = rtcp.Reporter(1, "me").packet((0, packets, 0), Reception(), None, 5.0)
        assert data[1] == (rtcp.SENDER_REPORT if packets else rtcp.RECEIVER_REPORT)
        assert b"\x01\x02me" in data
        assert len(data) % 4 == 0
        assert rtcp.is_rtcp(data)
    assert rtcp.parse(rtcp.Reporter(1, "me").goodbye())[0].blocks == ()


@given(st.binary(max_size=120))
def test_noise_teaches_nothing(data):
    reporter = rtcp.Reporter(1, "me")
    reporter.take(b"\x80\xc8" + data, 1.0)
    reporter.take(data, 1.0)
    assert reporter.figures.round_trip_ms is None


@given(st.integers(0, 51), st.integers(0, 255))
def test_a_torn_report_raises_nothing(at, value):
    torn = bytearray(SR)
    torn[at] = value
    rtcp.Reporter(7, "me").take(bytes(torn), 1.0)
    rtcp.Reporter(7, "me").take(bytes(torn[:at]), 1.0)


def test_the_score_falls_with_loss_and_delay():
    assert mos(0, 20) == pytest.approx(4.4, abs=0.02)
    assert mos(0.01, 100) == pytest.approx(4.26, abs=0.02)
    assert 3.6 < mos(0.05, 150) < 3.9
    assert mos(0.2, 300) < 2
    assert mos(1, 2_000) == 1.0


@given(st.floats(0, 1), st.floats(0, 1_000), st.floats(0, 0.5), st.floats(0, 500))
def test_the_score_never_rises_with_either(loss, delay_ms, more_loss, more_ms):
    assert 1.0 <= mos(loss + more_loss, delay_ms + more_ms) <= mos(loss, delay_ms) <= BEST_MOS
