"""SRTP against the vectors of RFC 3711 and against forged, repeated and lost packets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.media import rtp, srtp
from uponai.media.srtp import MasterKey, SrtpReceiver, SrtpSender, derive

KEY = bytes.fromhex("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6")
SUITES = list(srtp.TAG_BYTES)


def stream(sequence=0, ssrc=7):
    return rtp.RtpStream(ssrc, sequence, 160)


def packets(count, start=0, ssrc=7):
    outgoing = stream(start, ssrc)
    made = []
    for n in range(count):
        made.append(outgoing.packet(bytes([n % 250]) * 160, 0))
        outgoing.advance(160)
    return made


def test_session_keys_are_those_of_rfc_3711_b_3():
    assert derive(KEY, 0, 16).hex() == "c61e7a93744f39ee10734afe3ff7a087"
    assert derive(KEY, 2, 14).hex() == "30cbbc08863d8c85d49db34a9ae1"
    assert derive(KEY, 1, 94).hex().startswith(
        "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbce"
    )  # fmt: skip


def test_the_key_stream_is_that_of_rfc_3711_b_2():
    session = srtp._Session(KEY, 0, 10)  # the cipher alone, with the RFC's key and salt
    session._aes = srtp._aes(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    session._salt = int.from_bytes(bytes.fromhex("f0f1f2f3f4f5f6f7f8f9fafbfcfd"), "big")
    assert (
        session.crypt(bytes(32), 0, 0).hex()
        == "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab"
    )


def test_a_packet_of_the_reference_implementation():
    plain = bytes.fromhex("800f1234decafbadcafebabe" + "ab" * 16)
    coded = bytes.fromhex(
        "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"
    )
    assert SrtpSender(MasterKey(SUITES[0], KEY)).protect(plain) == coded
    assert SrtpReceiver(MasterKey(SUITES[0], KEY)).unprotect(coded) == plain


@pytest.mark.parametrize("suite", SUITES)
def test_what_is_sent_is_opened_over_wraps_of_the_sequence(suite):
    master = MasterKey(suite, KEY)
    sender, receiver = SrtpSender(master), SrtpReceiver(master)
    for packet in packets(70_000, start=65_000):
        coded = sender.protect(packet)
        assert receiver.unprotect(coded) == packet
    assert len(coded) == len(packet) + srtp.TAG_BYTES[suite]


@given(st.integers(65_000, 65_535), st.permutations(range(40)), st.sets(st.integers(0, 39)))
def test_order_and_loss_do_not_matter_and_nothing_is_taken_twice(start, order, lost):
    master = MasterKey(SUITES[0], KEY)
    sender, receiver = SrtpSender(master), SrtpReceiver(master)
    made = packets(41, start)
    coded = [sender.protect(packet) for packet in made]
    assert receiver.unprotect(coded[0]) == made[0]
    for n in order:
        if n not in lost:
            assert receiver.unprotect(coded[n + 1]) == made[n + 1]
            assert receiver.unprotect(coded[n + 1]) is None


@given(st.integers(0, 181), st.integers(1, 255))
def test_a_changed_byte_is_no_packet(at, change):
    master = MasterKey(SUITES[0], KEY)
    coded = bytearray(SrtpSender(master).protect(packets(1)[0]))
    coded[at] ^= change
    receiver = SrtpReceiver(master)
    assert receiver.unprotect(bytes(coded)) is None
    assert receiver.refused == 1


@given(st.binary(max_size=200))
def test_noise_is_no_packet(data):
    receiver = SrtpReceiver(MasterKey(SUITES[1], KEY))
    assert receiver.unprotect(data) is None
    assert receiver.unprotect_rtcp(data) is None


def test_a_forged_packet_does_not_move_the_window():
    master = MasterKey(SUITES[0], KEY)
    sender, receiver = SrtpSender(master), SrtpReceiver(master)
    first, second = packets(2)
    assert receiver.unprotect(sender.protect(first)) == first
    forged = SrtpSender(MasterKey(SUITES[0], bytes(30)))
    for sequence in (1, 500, 40_000):
        assert receiver.unprotect(forged.protect(packets(1, sequence)[0])) is None
    assert receiver.unprotect(sender.protect(second)) == second


def test_a_key_identifier_stands_before_the_tag():
    coded = SrtpSender(MasterKey(SUITES[0], KEY)).protect(packets(1)[0])
    identified = coded[:-10] + b"\x00\x00\x00\x01" + coded[-10:]
    receiver = SrtpReceiver(MasterKey(SUITES[0], KEY, mki_bytes=4))
    assert receiver.unprotect(identified) == packets(1)[0]


def test_header_extensions_stay_readable():
    head = bytes.fromhex("90000001000000a000000007bede0001aabbccdd")
    master = MasterKey(SUITES[0], KEY)
    session = srtp._Session(KEY, 0, 10)
    whole = head + session.crypt(bytes(160), 7, 1)
    coded = whole + session.tag(whole + bytes(4))
    assert SrtpReceiver(master).unprotect(coded) == head + bytes(160)


def test_rtcp_is_protected_too_and_taken_once():
    master = MasterKey(SUITES[1], KEY)
    sender, receiver = SrtpSender(master), SrtpReceiver(master)
    report = bytes.fromhex("80c90001000000ff81ca0002000000ff01017800")
    coded = [sender.protect_rtcp(report) for _ in range(3)]
    assert len({data[8:20] for data in coded}) == 3
    assert [receiver.unprotect_rtcp(data) for data in coded] == [report] * 3
    assert receiver.unprotect_rtcp(coded[1]) is None


@pytest.mark.parametrize("suite, key", [("NULL", KEY), (SUITES[0], KEY[:29])])
def test_keys_that_are_none(suite, key):
    with pytest.raises(ValueError, match="expected"):
        MasterKey(suite, key)


def test_a_key_is_not_shown():
    assert repr(MasterKey(SUITES[0], KEY)) == f"MasterKey(suite={SUITES[0]!r}, mki_bytes=0)"
