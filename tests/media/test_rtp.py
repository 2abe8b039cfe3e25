"""RTP headers round trip, junk is refused quietly, numbers wrap."""

from hypothesis import given
from hypothesis import strategies as st

from uponai.media import rtp

packets = st.builds(
    rtp.RtpPacket,
    payload_type=st.integers(0, 127).filter(lambda kind: not 64 <= kind < 96),
    marker=st.booleans(),
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFF_FFFF),
    ssrc=st.integers(0, 0xFFFF_FFFF),
    payload=st.binary(max_size=400),
)


@given(packets)
def test_a_packet_survives_the_wire(packet):
    assert rtp.parse(rtp.pack(packet)) == packet


@given(packets, st.integers(0, 15), st.binary(max_size=40), st.integers(0, 20))
def test_csrcs_extension_and_padding_are_stripped(packet, sources, extension, padding):
    plain = rtp.pack(packet)
    words = -(-len(extension) // 4)
    block = b"\xbe\xde" + words.to_bytes(2, "big") + extension.ljust(words * 4, b"\0")
    tail = b"\0" * (padding - 1) + bytes([padding]) if padding else b""
    first = 0x80 | 0x10 | sources | (0x20 if padding else 0)
    data = bytes([first]) + plain[1:12] + b"\1\2\3\4" * sources + block + packet.payload + tail
    assert rtp.parse(data) == packet


@given(st.binary(max_size=2_000))
def test_any_datagram_is_a_packet_or_none(data):
    packet = rtp.parse(data)
    assert packet is None or len(packet.payload) <= len(data) - 12


def test_rtcp_and_stun_are_not_rtp():
    assert rtp.parse(b"\x80\xc8" + bytes(30)) is None
    assert rtp.parse(b"\x00\x01" + bytes(30)) is None


@given(st.integers(0, 0xFFFF), st.integers(-0x8000, 0x7FFF))
def test_sequence_distance_over_the_wrap(start, moved):
    assert rtp.sequence_delta((start + moved) & 0xFFFF, start) == moved


@given(st.integers(0, 0xFFFF_FFFF), st.integers(-0x8000_0000, 0x7FFF_FFFF))
def test_timestamp_distance_over_the_wrap(start, moved):
    assert rtp.timestamp_delta((start + moved) & 0xFFFF_FFFF, start) == moved


def test_a_stream_wraps_and_marks_each_talkspurt():
    stream = rtp.RtpStream(ssrc=7, sequence=0xFFFF, timestamp=0xFFFF_FFFF)
    first = rtp.parse(stream.packet(b"a", 0))
    stream.advance(160)
    second = rtp.parse(stream.packet(b"b", 0))
    stream.pause()
    stream.advance(160)
    third = rtp.parse(stream.packet(b"c", 0))
    assert first and second and third
    assert [p.sequence for p in (first, second, third)] == [0xFFFF, 0, 1]
    assert [p.timestamp for p in (first, second, third)] == [0xFFFF_FFFF, 159, 319]
    assert [p.marker for p in (first, second, third)] == [True, False, True]


def test_reception_counts_what_never_came_and_how_uneven_it_came():
    steady, uneven = rtp.Reception(), rtp.Reception()
    for n in range(200):
        packet = rtp.RtpPacket(0, False, (65_500 + n) & 0xFFFF, n * 160, 1, b"")
        if n % 10:
            steady.note(packet, n * 0.02)
            uneven.note(packet, n * 0.02 + (0.01 if n % 2 else 0))
    assert steady.lost == 19  # the very first was never heard of
    assert steady.jitter_samples < 1
    assert 40 < uneven.jitter_samples < 90
