"""Whole calls between two of our own endpoints."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.sip.network import ALICE, ALICE_MEDIA, BOB, BOB_MEDIA, Network, endpoint, place
from tests.sip.scripts import answering, at_rest, kinds, last_words, rejecting, ringing

from uponai.sip.commands import (
    Cause,
    Confirmed,
    Failed,
    HungUp,
    IncomingCall,
    Journal,
    Lost,
    MediaChanged,
    RemoteHungUp,
    Ringing,
    SendTo,
)
from uponai.sip.digest import Credentials, DigestVerifier, Verdict
from uponai.sip.events import (
    Answer,
    HangUp,
    PlaceCall,
    Received,
    Reject,
    SendFailed,
)
from uponai.sip.headers import Headers, NameAddr
from uponai.sip.hop import Transport
from uponai.sip.journal import DialogJournal
from uponai.sip.message import Request, Response, response_to, serialise
from uponai.sip.offer import PCMA, OfferAnswer
from uponai.sip.parse import parse_datagram
from uponai.sip.sdp import Direction
from uponai.sip.uri import Address, format_address


def test_a_call_is_placed_answered_and_hung_up_by_the_caller() -> None:
    network = Network(reactions=answering())
    network.order(ALICE, place(headers=(("X-Campaign", "spring"),)))
    network.order(ALICE, HangUp("k1", (("X-Why", "done"),)), 10)
    network.run()
    assert kinds(network, ALICE) == ["Ringing", "Answered", "HungUp"]
    assert kinds(network, BOB) == ["IncomingCall", "Confirmed", "RemoteHungUp"]
    answered = network.told(ALICE)[1]
    assert (answered.media.host, answered.media.port) == ("192.0.2.2", 30000)
    assert answered.media.codec.name == "PCMU" and answered.media.dtmf_send_type == 101
    confirmed = network.told(BOB)[1]
    assert (confirmed.media.host, confirmed.media.port) == ("192.0.2.1", 20000)
    assert network.told(ALICE)[2] == HungUp("k1", 200)
    assert ("X-Why", "done") in network.told(BOB)[2].headers
    assert network.told(BOB)[0].request.headers.get("x-campaign") == "spring"
    assert network.sent(ALICE) == ["INVITE", "ACK", "BYE"]
    assert network.sent(BOB) == ["100", "180", "200", "200"]
    at_rest(network)


def test_the_callee_hangs_up_with_a_reason() -> None:
    reactions = answering() | {
        Confirmed: lambda network, where, item: network.order(
            where, HangUp(item.call_key, (("Reason", 'Q.850;cause=16;text="Normal"'),)), 3
        )
    }
    network = Network(reactions=reactions)
    network.order(ALICE, place())
    network.run()
    word = network.told(ALICE)[-1]
    assert isinstance(word, RemoteHungUp) and word.q850 == 16 and word.reason == "Normal"
    at_rest(network)


def test_the_journal_is_written_before_the_invite_leaves() -> None:
    alice = endpoint(ALICE)
    commands = alice.handle(place(), 0.0)
    assert [type(command).__name__ for command in commands] == ["Journal", "SendTo"]
    journal = commands[0].journal
    assert journal.call_id == "call_1.1@192.0.2.1" and journal.cseq == 1
    assert journal.branch.startswith("z9hG4bK")
    assert DialogJournal.from_dict(journal.to_dict()) == journal
    with pytest.raises(ValueError, match="cseq"):
        DialogJournal.from_dict(journal.to_dict() | {"cseq": None})


@pytest.mark.parametrize("code", [404, 480, 486, 503, 603])
def test_a_refusal_ends_the_call_with_its_code(code: int) -> None:
    reason = (("Reason", "Q.850;cause=17"),)
    network = Network(reactions=rejecting(code, reason))
    network.order(ALICE, place())
    network.run()
    word = network.told(ALICE)[-1]
    assert (word.cause, word.code, word.q850) == (Cause.CODE, code, 17)
    assert network.sent(ALICE) == ["INVITE", "ACK"]
    assert last_words(network, BOB)[0].cause is Cause.REJECTED
    at_rest(network)


def test_silence_is_told_apart_from_a_transport_error_and_from_408() -> None:
    silent = Network(fate=lambda data: [])
    silent.order(ALICE, place())
    silent.run()
    assert silent.told(ALICE) == [Failed("k1", Cause.TIMEOUT, detail="no answer to INVITE")]
    assert silent.now == pytest.approx(32.0)
    assert silent.sent(ALICE) == ["INVITE"] * 7
    refused = Network(fate=lambda data: [])
    refused.order(ALICE, place())
    refused.order(ALICE, SendFailed(BOB, Transport.UDP, "connection refused"), 0.1)
    refused.run()
    word = refused.told(ALICE)[0]
    assert (word.cause, word.code, word.detail) == (Cause.TRANSPORT, None, "connection refused")
    answered = Network(reactions=rejecting(408))
    answered.order(ALICE, place())
    answered.run()
    assert (answered.told(ALICE)[0].cause, answered.told(ALICE)[0].code) == (Cause.CODE, 408)
    for network in (silent, refused, answered):
        at_rest(network)


def test_ring_timeout_cancels() -> None:
    network = Network(reactions=ringing())
    network.order(ALICE, place(ring_timeout_s=20.0))
    network.run()
    assert [type(item) for item in network.told(ALICE)] == [Ringing, Failed]
    word = network.told(ALICE)[-1]
    assert (word.cause, word.code) == (Cause.RING_TIMEOUT, 487)
    assert network.told(BOB)[-1].cause is Cause.CALLER_CANCELLED
    assert network.sent(ALICE) == ["INVITE", "CANCEL", "ACK"]
    assert network.sent(BOB) == ["100", "180", "200", "487"]
    at_rest(network)


def test_an_answer_that_crosses_the_cancel_is_ended_with_bye() -> None:
    network = Network(reactions=answering(after_s=9.995))
    network.order(ALICE, place(ring_timeout_s=10.0))
    network.run()
    word = network.told(ALICE)[-1]
    assert (word.cause, word.code) == (Cause.RING_TIMEOUT, 200)
    assert "Answered" not in kinds(network, ALICE)
    assert network.sent(ALICE) == ["INVITE", "CANCEL", "ACK", "BYE"]
    assert isinstance(network.told(BOB)[-1], RemoteHungUp)
    at_rest(network)


def test_cancel_waits_for_a_provisional_response() -> None:
    slow = Network(fate=lambda data: [3.0], reactions=ringing())
    slow.order(ALICE, place())
    slow.order(ALICE, HangUp("k1"), 1.0)
    slow.run()
    wire = [m.method for s, m in slow.wire if s == ALICE and isinstance(m, Request)]
    assert wire.index("CANCEL") > 0 and wire[0] == "INVITE"
    assert slow.told(ALICE)[-1].cause is Cause.CANCELLED
    at_rest(slow)


def challenged(network: Network, proxy: bool, password: str = "secret"):
    verifier = DigestVerifier("trunk", b"server secret")
    asks, answers = (
        ("Proxy-Authenticate", "Proxy-Authorization")
        if proxy
        else ("WWW-Authenticate", "Authorization")
    )

    def react(net: Network, where, call) -> None:
        given = call.request.headers.get(answers)
        good = (
            given
            and verifier.verify(given, "INVITE", Credentials("user", password), net.now)
            is Verdict.GOOD
        )
        if good:
            net.order(where, Answer(call.call_key, BOB_MEDIA))
        else:
            issued = verifier.issue(net.now, call.call_key)
            fields = ((asks, str(issued)),)
            net.order(where, Reject(call.call_key, 407 if proxy else 401, headers=fields))

    network.reactions[IncomingCall] = react


@pytest.mark.parametrize("proxy", [False, True])
def test_digest_challenge_is_answered(proxy: bool) -> None:
    network = Network()
    challenged(network, proxy)
    network.order(ALICE, place(credentials=Credentials("user", "secret")))
    network.order(ALICE, HangUp("k1"), 5)
    network.run()
    assert kinds(network, ALICE) == ["Answered", "HungUp"]
    assert network.sent(ALICE) == ["INVITE", "ACK", "INVITE", "ACK", "BYE"]
    invites = [m for s, m in network.wire if isinstance(m, Request) and m.method == "INVITE"]
    assert [m.cseq.number for m in invites] == [1, 2]
    assert len({m.call_id for m in invites}) == len({m.from_.tag for m in invites}) == 1
    journals = [item for item in network.news[ALICE] if isinstance(item, Journal)]
    assert [(j.journal.cseq, j.journal.phase) for j in journals] == [
        (1, "inviting"),
        (2, "inviting"),
        (2, "confirmed"),
    ]
    at_rest(network)


@pytest.mark.parametrize("credentials", [None, Credentials("user", "wrong")])
def test_a_challenge_that_cannot_be_met_ends_in_401(credentials: Credentials | None) -> None:
    network = Network()
    challenged(network, proxy=False)
    network.order(ALICE, place(credentials=credentials))
    network.run()
    word = network.told(ALICE)[-1]
    assert (word.cause, word.code) == (Cause.CODE, 401)
    assert network.sent(ALICE).count("INVITE") == (2 if credentials else 1)
    at_rest(network)


def in_dialog(network: Network, method: str, body: bytes = b"", cseq: int = 1) -> bytes:
    """A request as Bob would send it within the dialog; Bob's machine knows nothing of it."""
    ok = next(
        m for s, m in network.wire if s == BOB and isinstance(m, Response) and m.status == 200
    )
    fields = [
        ("Via", f"SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKx{method}{cseq}"),
        ("From", ok.headers.get("To") or ""),
        ("To", ok.headers.get("From") or ""),
        ("Call-ID", ok.call_id),
        ("CSeq", f"{cseq} {method}"),
        ("Contact", "<sip:bob@192.0.2.2:5060>"),
    ]
    if body:
        fields.append(("Content-Type", "application/sdp"))
    return serialise(Request(method, "sip:uponai@192.0.2.1", Headers(fields), body))


def answers_of(network: Network, where, cseq: int, method: str) -> list[int]:
    return [
        m.status
        for s, m in network.wire
        if s == where and isinstance(m, Response) and m.cseq == (cseq, method)
    ]


def test_hold_and_resume_by_reinvite() -> None:
    network = Network(reactions=answering(ring=False))
    network.order(ALICE, place())
    network.run(5)
    offer = OfferAnswer(BOB_MEDIA).offer()
    held = offer.replace(b"a=sendrecv", b"a=sendonly")
    network.inject(BOB, ALICE, in_dialog(network, "INVITE", held, 1))
    network.run(0.1)
    network.inject(BOB, ALICE, in_dialog(network, "ACK", b"", 1))
    network.run(1)
    changed = network.told(ALICE)[-1]
    assert isinstance(changed, MediaChanged) and changed.media.is_held
    assert changed.media.direction is Direction.RECVONLY
    network.inject(BOB, ALICE, in_dialog(network, "INVITE", offer, 2))
    network.run(0.1)
    network.inject(BOB, ALICE, in_dialog(network, "ACK", b"", 2))
    network.run(40)
    resumed = network.told(ALICE)[-1]
    assert isinstance(resumed, MediaChanged) and resumed.media.direction is Direction.SENDRECV
    assert answers_of(network, ALICE, 1, "INVITE") == [200]
    network.order(ALICE, HangUp("k1"))
    network.run()
    at_rest(network)


def test_requests_within_the_dialog_are_answered() -> None:
    network = Network(reactions=answering(ring=False))
    network.order(ALICE, place())
    network.run(5)
    expected = {"OPTIONS": 200, "INFO": 200, "UPDATE": 200, "REFER": 405, "NOTIFY": 489}
    for cseq, method in enumerate(expected, start=1):
        network.inject(BOB, ALICE, in_dialog(network, method, b"", cseq))
    video = b"v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n" + (
        b"m=video 5000 RTP/AVP 96\r\n"
    )
    network.inject(BOB, ALICE, in_dialog(network, "INVITE", video, 6))
    network.inject(BOB, ALICE, in_dialog(network, "INVITE", b"nonsense", 7))
    network.inject(BOB, ALICE, in_dialog(network, "INFO", b"", 3))
    network.run(0.4)
    for cseq, (method, code) in enumerate(expected.items(), start=1):
        assert answers_of(network, ALICE, cseq, method) == [code]
    assert answers_of(network, ALICE, 6, "INVITE") == [488]
    assert answers_of(network, ALICE, 7, "INVITE") == [400]
    assert answers_of(network, ALICE, 3, "INFO") == [500]
    assert "MediaChanged" not in kinds(network, ALICE)


@pytest.mark.parametrize("method", ["BYE", "INFO", "ACK", "OPTIONS"])
def test_a_request_of_another_dialog_is_none_of_a_call_that_came_in(method: str) -> None:
    """RFC 3261 12.2.2: a dialog is named by both tags."""
    network = Network(reactions=answering(ring=False))
    network.order(ALICE, place())
    network.run(5)
    ok = next(m for s, m in network.wire if s == BOB and m.status == 200)
    fields = [
        ("Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKother"),
        ("From", (ok.headers.get("From") or "") + "other"),
        ("To", ok.headers.get("To") or ""),
        ("Call-ID", ok.call_id),
        ("CSeq", f"9 {method}"),
    ]
    before = kinds(network, BOB)
    network.inject(ALICE, BOB, serialise(Request(method, "sip:b@192.0.2.2", Headers(fields))))
    network.run(1)
    assert answers_of(network, BOB, 9, method) == ([] if method == "ACK" else [481])
    assert kinds(network, BOB) == before
    network.order(ALICE, HangUp("k1"))
    network.run()
    at_rest(network)


def test_requests_outside_any_dialog_are_answered() -> None:
    bob = Network()

    def stray(method: str, branch: str, to_tag: str = "", extra=(), body: bytes = b"") -> bytes:
        fields = [
            ("Via", f"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{branch}"),
            ("From", "<sip:a@192.0.2.1>;tag=x"),
            ("To", "<sip:b@192.0.2.2>" + (f";tag={to_tag}" if to_tag else "")),
            ("Call-ID", branch),
            ("CSeq", f"1 {method}"),
            *extra,
        ]
        return serialise(Request(method, "sip:b@192.0.2.2", Headers(fields), body))

    cases = [
        (stray("OPTIONS", "a"), 200),
        (stray("REGISTER", "b"), 405),
        (stray("BREW", "c"), 405),
        (stray("BYE", "d", "t"), 481),
        (stray("CANCEL", "e"), 481),
        (stray("INVITE", "f", "t"), 481),
        (stray("INVITE", "g", extra=(("Require", "gruu"),)), 420),
        (stray("INVITE", "h", extra=(("Content-Type", "text/plain"),), body=b"x"), 415),
        (stray("INFO", "i", "t"), 481),
    ]
    for data, code in cases:
        before = len(bob.wire)
        bob.inject(ALICE, BOB, data)
        bob.run(0.001)
        assert [m.status for _, m in bob.wire[before:]] == [code]
    bob.inject(ALICE, BOB, stray("ACK", "j", "t"))
    bob.inject(ALICE, BOB, b"\x00\xff garbage")
    bob.run()
    assert bob.ends[BOB].dropped == 1
    at_rest(bob)


def test_late_offer_is_answered_in_the_ack() -> None:
    network = Network(reactions=answering(ring=False))
    fields = [
        ("Via", "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKlate"),
        ("From", "<sip:a@192.0.2.9>;tag=x"),
        ("To", "<sip:b@192.0.2.2>"),
        ("Call-ID", "late"),
        ("CSeq", "1 INVITE"),
        ("Contact", "<sip:a@192.0.2.9>"),
    ]
    far = network.ends[BOB]
    network.inject(ALICE, BOB, serialise(Request("INVITE", "sip:b@192.0.2.2", Headers(fields))))
    network.run(2.1)
    ok = network.wire[-1][1]
    assert isinstance(ok, Response) and ok.status == 200 and b"m=audio 30000" in ok.body
    media = OfferAnswer(replace(ALICE_MEDIA, codecs=(PCMA,)))
    fields[0] = ("Via", "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKack")
    fields[2] = ("To", ok.headers.get("To") or "")
    fields[4] = ("CSeq", "1 ACK")
    ack = Request("ACK", "sip:b@192.0.2.2", Headers(fields), media.answer(ok.body))
    network.inject(ALICE, BOB, serialise(ack))
    network.run(1)
    confirmed = network.told(BOB)[-1]
    assert isinstance(confirmed, Confirmed)
    assert (confirmed.media.codec.name, confirmed.media.port) == ("PCMA", 20000)
    assert far.call_keys


def test_an_answer_never_acknowledged_is_repeated_and_then_ended() -> None:
    network = Network(
        fate=lambda data: [] if data.startswith(b"ACK") else [0.01],
        reactions=answering(ring=False),
    )
    network.order(ALICE, place())
    network.run(33.5)
    assert network.sent(BOB).count("200") > 8
    assert network.sent(ALICE).count("ACK") == network.sent(BOB).count("200")
    network.run()
    key = network.told(BOB)[0].call_key
    assert last_words(network, BOB) == [Lost(key, Cause.NO_ACK, "no ACK for our answer")]
    assert isinstance(last_words(network, ALICE)[0], RemoteHungUp)
    at_rest(network)


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": (("X-A", "b\r\nVia: evil"),)},
        {"headers": (("X A", "b"),)},
        {"headers": (("Call-ID", "b"),)},
        {"target": "sip:bob@host\r\nX: y"},
        {"target": "http://host"},
        {"caller": NameAddr("sip:a@h", "A\r\nB")},
        {"call_id": "a b"},
    ],
)
def test_header_injection_is_refused(changes) -> None:
    with pytest.raises(ValueError):
        place(**changes)


def test_a_call_over_tcp_uses_the_connection_it_has() -> None:
    network = Network(transport=Transport.TCP, reactions=answering(ring=False))
    order = place(transport=Transport.TCP)
    assert isinstance(order, PlaceCall)
    network.order(ALICE, order)
    network.order(ALICE, HangUp("k1"), 5)
    network.run()
    assert kinds(network, ALICE) == ["Answered", "HungUp"]
    assert network.sent(ALICE) == ["INVITE", "ACK", "BYE"]
    at_rest(network)


def test_record_routes_are_followed_and_broken_ones_passed_over() -> None:
    network = Network()
    network.order(ALICE, place())
    network.run(0.005)
    invite = network.wire[0][1]
    assert isinstance(invite, Request)
    extra = (
        ("Record-Route", "<sip:p2.example.com;lr>, <broken"),
        ("Record-Route", "<sip:p1.example.com:5080;lr>"),
        ("Contact", "<sip:bob@10.0.0.5:5062>"),
        ("Content-Type", "application/sdp"),
    )
    callee = OfferAnswer(BOB_MEDIA)
    ok = response_to(invite, 200, to_tag="bob", body=callee.answer(invite.body), extra=extra)
    alice = network.ends[ALICE]
    commands = alice.handle(Received(serialise(ok), BOB, Transport.UDP), 0.1)
    ack = next(item for item in commands if isinstance(item, SendTo))
    assert ack.destination == ("p1.example.com", 5080)
    sent = parse_datagram(ack.data)
    assert isinstance(sent, Request) and sent.uri == "sip:bob@10.0.0.5:5062"
    assert sent.headers.all("Route") == ["<sip:p1.example.com:5080;lr>", "<sip:p2.example.com;lr>"]


@pytest.mark.parametrize(
    ("peer", "contact"),
    [
        ("8.8.4.4", "10.0.0.5"),
        ("8.8.4.4", "100.64.3.4"),  # behind a provider's own NAT
        ("203.0.113.7", "192.168.1.5"),  # for documentation and laboratories: nobody's own
        ("2001:db8::7", "[fd00::5]"),
        ("8.8.4.4", "[::ffff:10.0.0.5]"),
        ("8.8.4.4", "0.0.0.0"),  # of a PBX that names what it is bound to: here, that is ourselves
        ("2001:db8::7", "[::]"),
    ],
)
def test_a_private_contact_of_a_public_peer_is_not_dialled(peer: str, contact: str) -> None:
    trunk = Address(peer, 5060)
    alice = endpoint(ALICE)
    commands = alice.handle(place(destination=trunk), 0.0)
    invite = parse_datagram(commands[1].data)
    assert isinstance(invite, Request)
    extra = (("Contact", f"<sip:bob@{contact}>"), ("Content-Type", "application/sdp"))
    body = OfferAnswer(BOB_MEDIA).answer(invite.body)
    ok = response_to(invite, 200, to_tag="bob", body=body, extra=extra)
    commands = alice.handle(Received(serialise(ok), trunk, Transport.UDP), 0.1)
    assert [item.destination for item in commands if isinstance(item, SendTo)] == [trunk]


@pytest.mark.parametrize("peer", ["10.0.0.5", "100.64.3.4", "192.0.2.2"])
def test_a_contact_that_can_be_reached_is_dialled(peer: str) -> None:
    trunk = Address(peer, 5060)
    alice = endpoint(ALICE)
    commands = alice.handle(place(destination=trunk), 0.0)
    invite = parse_datagram(commands[1].data)
    assert isinstance(invite, Request)
    contact = Address("192.0.2.8" if peer == "192.0.2.2" else "10.0.0.6", 5070)
    extra = (
        ("Contact", f"<sip:bob@{format_address(contact)}>"),
        ("Content-Type", "application/sdp"),
    )
    body = OfferAnswer(BOB_MEDIA).answer(invite.body)
    ok = response_to(invite, 200, to_tag="bob", body=body, extra=extra)
    commands = alice.handle(Received(serialise(ok), trunk, Transport.UDP), 0.1)
    assert [item.destination for item in commands if isinstance(item, SendTo)] == [contact]


def test_a_second_phone_that_answers_is_hung_up() -> None:
    alice = endpoint(ALICE)
    invite = parse_datagram(alice.handle(place(), 0.0)[1].data)
    assert isinstance(invite, Request)
    body = OfferAnswer(BOB_MEDIA).answer(invite.body)
    sent = []
    for tag in ("one", "two", "two"):
        extra = (("Contact", f"<sip:{tag}@192.0.2.2>"), ("Content-Type", "application/sdp"))
        ok = response_to(invite, 200, to_tag=tag, body=body, extra=extra)
        commands = alice.handle(Received(serialise(ok), BOB, Transport.UDP), 0.1)
        sent.append(
            [parse_datagram(item.data).start_line for item in commands if isinstance(item, SendTo)]
        )
    assert sent == [
        ["ACK sip:one@192.0.2.2 SIP/2.0"],
        ["ACK sip:two@192.0.2.2 SIP/2.0", "BYE sip:two@192.0.2.2 SIP/2.0"],
        ["ACK sip:two@192.0.2.2 SIP/2.0"],
    ]
