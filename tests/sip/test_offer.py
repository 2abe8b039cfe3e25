"""SDP and what two parties agree on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.sip.errors import SdpMismatchError, SipParseError
from uponai.sip.offer import PCMA, PCMU, LocalMedia, OfferAnswer
from uponai.sip.sdp import Direction, format_sdp, parse_sdp

HERE = LocalMedia("192.0.2.1", 20000)
THERE = LocalMedia("2001:db8::2", 30000)


def body(*lines: str, host: str = "IN IP4 198.51.100.1") -> bytes:
    head = ("v=0", "o=- 5 6 IN IP4 198.51.100.1", "s=-", f"c={host}", "t=0 0")
    return "\r\n".join((*head, *lines, "")).encode()


def test_offer_and_answer_between_ourselves() -> None:
    caller, callee = OfferAnswer(HERE), OfferAnswer(replace(THERE, codecs=(PCMA, PCMU)))
    caller.accept(callee.answer(caller.offer()))
    assert caller.agreed and callee.agreed
    assert caller.agreed.codec == callee.agreed.codec == PCMA  # the answerer's preference
    assert (caller.agreed.host, caller.agreed.port) == ("2001:db8::2", 30000)
    assert caller.agreed.dtmf_send_type == caller.agreed.dtmf_receive_type == 101
    assert caller.agreed.direction is Direction.SENDRECV and not caller.agreed.is_held


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("sendrecv", "sendrecv"),
        ("sendonly", "recvonly"),
        ("recvonly", "sendonly"),
        ("inactive", "inactive"),
    ],
)
def test_directions_are_mirrored(theirs: str, ours: str) -> None:
    media = OfferAnswer(HERE)
    answer = media.answer(body("m=audio 4000 RTP/AVP 0", f"a={theirs}"))
    assert media.agreed and media.agreed.direction.value == ours
    assert parse_sdp(answer).media[0].direction.value == ours


def test_a_zero_address_is_hold() -> None:
    media = OfferAnswer(HERE)
    media.answer(body("m=audio 4000 RTP/AVP 0", host="IN IP4 0.0.0.0"))
    assert media.agreed and media.agreed.is_held


def test_other_sections_are_declined_in_place() -> None:
    media = OfferAnswer(HERE)
    answer = parse_sdp(
        media.answer(
            body(
                "m=audio 4000 RTP/SAVP 0",
                "m=video 4002 RTP/AVP 96",
                "m=audio 4004 RTP/AVP 18 97 96",
                "c=IN IP6 2001:db8::5",
                "a=rtpmap:97 pcma/8000/1",
                "a=rtpmap:96 telephone-event/8000",
                "m=application 9 UDP/BFCP *",
            )
        )
    )
    assert [(item.kind, item.port) for item in answer.media] == [
        ("audio", 0),
        ("video", 0),
        ("audio", 20000),
        ("application", 0),
    ]
    assert answer.media[2].formats == ("97", "96")
    assert media.agreed and media.agreed.host == "2001:db8::5"
    assert (media.agreed.codec.payload_type, media.agreed.dtmf_send_type) == (97, 96)


def test_no_common_audio_is_a_mismatch_and_changes_nothing() -> None:
    media = OfferAnswer(HERE)
    media.answer(body("m=audio 4000 RTP/AVP 0"))
    before = media.agreed
    for offer in (body("m=audio 4000 RTP/AVP 18"), body("m=video 4000 RTP/AVP 0"), body()):
        with pytest.raises(SdpMismatchError):
            media.answer(offer)
        with pytest.raises(SdpMismatchError):
            media.accept(offer)
    with pytest.raises(SipParseError):
        media.answer(b"hello")
    assert media.agreed == before


def test_an_answer_may_use_its_own_dtmf_number() -> None:
    media = OfferAnswer(HERE)
    media.offer()
    agreed = media.accept(
        body("m=audio 4000 RTP/AVP 8 96", "a=rtpmap:96 telephone-event/8000", "a=ptime:30")
    )
    assert (agreed.dtmf_send_type, agreed.dtmf_receive_type, agreed.ptime_ms) == (96, 101, 30)


def test_the_version_rises_only_with_a_change() -> None:
    media = OfferAnswer(HERE)
    offer = body("m=audio 4000 RTP/AVP 0")
    versions = [
        parse_sdp(media.answer(item)).origin.version
        for item in (offer, offer, offer + b"a=sendonly\r\n", offer)
    ]
    assert versions == ["1", "1", "2", "3"]


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"v=1\r\n",
        body("m=audio x RTP/AVP 0"),
        body("m=audio"),
        body("nonsense"),
        body(host="IN IP4"),
        body("m=audio 70000 RTP/AVP 0"),
    ],
)
def test_bad_bodies(bad: bytes) -> None:
    with pytest.raises(SipParseError):
        parse_sdp(bad)


@given(st.binary(max_size=150))
def test_hostile_bodies_only_fail(data: bytes) -> None:
    for text in (data, body("m=audio 4000 RTP/AVP 0") + data):
        try:
            parsed = parse_sdp(text)
            format_sdp(parsed)
            OfferAnswer(HERE).answer(text)
        except (SipParseError, SdpMismatchError):
            pass


KEYS = (b"1" * 30, b"2" * 30)
THEIR_KEYS = (b"3" * 30, b"4" * 30)
LINE = "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:" + "MzMz" * 10


def test_secured_audio_between_ourselves() -> None:
    caller = OfferAnswer(replace(HERE, srtp_keys=KEYS, secured=True))
    callee = OfferAnswer(replace(THERE, srtp_keys=THEIR_KEYS))
    offer = caller.offer()
    assert b" RTP/SAVP " in offer
    caller.accept(callee.answer(offer))
    assert caller.agreed and callee.agreed and caller.agreed.secured and callee.agreed.secured
    assert caller.agreed.secured.send == callee.agreed.secured.receive
    assert caller.agreed.secured.receive == callee.agreed.secured.send
    assert {caller.agreed.secured.send.key, callee.agreed.secured.send.key} == {
        KEYS[0],
        THEIR_KEYS[0],
    }
    # A stream that is secured stays so when we hold it, with the same keys.
    callee.holding = True
    held = caller.answer(callee.offer())
    assert b" RTP/SAVP " in held
    callee.accept(held)
    assert callee.agreed.secured and callee.agreed.secured.send.key == THEIR_KEYS[0]


def test_who_requires_secured_audio_takes_no_other() -> None:
    strict = replace(HERE, srtp_keys=KEYS, required=True)
    assert b" RTP/SAVP " in OfferAnswer(strict).offer()
    with pytest.raises(SdpMismatchError):
        OfferAnswer(strict).answer(body("m=audio 4000 RTP/AVP 0"))
    media = OfferAnswer(strict)
    both = body("m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/SAVP 0", LINE)
    answer = parse_sdp(media.answer(both))
    assert [section.port for section in answer.media] == [0, HERE.port]
    assert media.agreed and media.agreed.secured and media.agreed.port == 4002
    with pytest.raises(SdpMismatchError):
        media.answer(body("m=audio 4000 RTP/AVP 0"))
    caller = OfferAnswer(strict)
    caller.offer()
    with pytest.raises(SdpMismatchError):
        caller.accept(body("m=audio 4000 RTP/AVP 0"))


@pytest.mark.parametrize("proto", ["RTP/SAVP", "RTP/SAVPF", "RTP/AVP"])
def test_offered_keys_are_taken_under_their_tag(proto: str) -> None:
    media = OfferAnswer(replace(HERE, srtp_keys=KEYS))
    unknown = "a=crypto:1 AEAD_AES_256_GCM inline:" + "MzMz" * 10
    answer = media.answer(body(f"m=audio 4000 {proto} 0", unknown, LINE + "|2^20|1:4"))
    assert media.agreed and media.agreed.secured
    assert media.agreed.secured.receive.key == b"3" * 30
    assert media.agreed.secured.receive.mki_bytes == 4
    assert b"a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:MTEx" in answer
    assert f"m=audio 20000 {proto} 0".encode() in answer


@pytest.mark.parametrize(
    "line",
    [
        "a=sendrecv",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MzMz",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***",
        "a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:" + "MzMz" * 10,
        "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" + "MzMz" * 10,
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + "MzMz" * 10 + " UNENCRYPTED_SRTP",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + "MzMz" * 10 + "|1:0",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80",
    ],
)
def test_secured_audio_without_a_key_that_we_can_use_is_refused(line: str) -> None:
    with pytest.raises(SdpMismatchError):
        OfferAnswer(replace(HERE, srtp_keys=KEYS)).answer(body("m=audio 4000 RTP/SAVP 0", line))


@pytest.mark.parametrize(
    ("proto", "line"),
    [
        ("RTP/AVP", "a=sendrecv"),
        ("RTP/SAVP", "a=sendrecv"),
        ("RTP/SAVP", LINE),  # a tag that we did not offer
        ("RTP/SAVP", LINE.replace("crypto:7", "crypto:2")),  # the suite of another tag
    ],
)
def test_an_answer_that_drops_the_keys_is_none(proto: str, line: str) -> None:
    caller = OfferAnswer(replace(HERE, srtp_keys=KEYS, secured=True))
    caller.offer()
    with pytest.raises(SdpMismatchError):
        caller.accept(body(f"m=audio 4000 {proto} 0", line))


def test_plain_audio_is_answered_plain_even_with_keys_at_hand() -> None:
    media = OfferAnswer(replace(HERE, srtp_keys=KEYS))
    assert b"crypto" not in media.answer(body("m=audio 4000 RTP/AVP 0"))
    assert media.agreed and media.agreed.secured is None


@pytest.mark.parametrize(
    ("line", "port"), [("a=rtcp-mux", 4000), ("a=rtcp:4007 IN IP4 x", 4007), ("a=rtcp:0", 4001)]
)
def test_where_reports_go(line: str, port: int) -> None:
    media = OfferAnswer(HERE)
    answer = media.answer(body("m=audio 4000 RTP/AVP 0", line))
    assert media.agreed and media.agreed.rtcp_port == port
    assert (b"rtcp-mux" in answer) == (port == 4000)
