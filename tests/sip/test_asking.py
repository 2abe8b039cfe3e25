"""What we ask of the far side within an answered call."""

from __future__ import annotations

import pytest
from tests.sip.network import ALICE, BOB, Network, endpoint, place
from tests.sip.peer import Peer, answered, inject, responses, say, sdp
from tests.sip.scripts import answering, at_rest, kinds, last_words

from uponai.sip.commands import (
    Cause,
    DtmfReceived,
    HungUp,
    Lost,
    MediaChanged,
    Referred,
    ReferState,
)
from uponai.sip.digest import Credentials, DigestVerifier, Verdict
from uponai.sip.events import HangUp, Hold, Refer, SendKey
from uponai.sip.sdp import Direction


def call(peer: Peer, **changes) -> Network:
    """A network where the call to ``peer`` stands."""
    network = Network()
    network.ends[BOB] = peer
    network.order(ALICE, place(**changes))
    network.run(1)
    assert kinds(network, ALICE) == ["Answered"]
    return network


def hang_up(network: Network) -> None:
    network.order(ALICE, HangUp("k1"))
    network.run()
    assert last_words(network, ALICE) == [HungUp("k1", 200)]
    at_rest(network)


def test_hold_is_offered_and_taken_back() -> None:
    network = Network(reactions=answering(ring=False))
    network.order(ALICE, place())
    network.order(ALICE, Hold("k1", True), 5)
    network.run(8)
    held = network.told(ALICE)[-1]
    assert isinstance(held, MediaChanged) and held.media.direction is Direction.SENDONLY
    far = network.told(BOB)[-1]
    assert isinstance(far, MediaChanged) and far.media.is_held
    network.order(ALICE, Hold("k1", False))
    network.run(3)
    for where in (ALICE, BOB):
        assert network.told(where)[-1].media.direction is Direction.SENDRECV
    hang_up(network)


def test_a_reoffer_of_theirs_does_not_end_our_hold() -> None:
    peer = Peer()
    network = call(peer)
    network.order(ALICE, Hold("k1", True))
    network.run(1)
    inject(network, peer.request("UPDATE", ("Content-Type", "application/sdp"), body=sdp()))
    network.run(1)
    answer = next(m for s, m in reversed(network.wire) if s == ALICE and m.body)
    assert b"a=sendonly" in answer.body
    hang_up(network)


def test_a_two_hundred_that_comes_again_is_acknowledged_again() -> None:
    again: list = []

    def twice(peer: Peer, request):
        again[:] = [answered(request)]
        return [*again, *again]

    peer = Peer(INVITE=twice)
    network = call(peer)
    network.order(ALICE, Hold("k1", True))
    network.run(1)
    numbers = [request.cseq.number for request in peer.of("ACK")]
    assert numbers == [1, 1, 2, 2]
    hang_up(network)


def test_offers_that_cross_are_made_again_a_while_later() -> None:
    def busy_once(peer: Peer, request):
        if request.to.tag and len(peer.of("INVITE")) == 2:
            return [say(request, 491)]
        return [answered(request)]

    peer = Peer(INVITE=busy_once)
    network = call(peer)
    network.order(ALICE, Hold("k1", True))
    network.run(1.5)
    assert len(peer.of("INVITE")) == 2
    network.run(3)
    assert len(peer.of("INVITE")) == 3
    hang_up(network)


def test_an_offer_of_theirs_that_crosses_ours_is_put_off() -> None:
    peer = Peer(INVITE=lambda peer, request: [] if request.to.tag else [answered(request)])
    network = call(peer)
    network.order(ALICE, Hold("k1", True))
    network.run(0.2)
    inject(network, peer.request("INVITE", ("Content-Type", "application/sdp"), body=sdp()))
    network.run(0.2)
    assert responses(network, "INVITE") == [491]


def test_keys_go_out_one_after_another_and_in_order() -> None:
    network = Network(reactions=answering(ring=False))
    network.order(ALICE, place())
    for digit in "1*#D":
        network.order(ALICE, SendKey("k1", digit), 5)
    network.run(8)
    heard = [item for item in network.told(BOB) if isinstance(item, DtmfReceived)]
    assert [(item.digit, item.duration_ms) for item in heard] == [
        ("1", 160), ("*", 160), ("#", 160), ("D", 160),
    ]  # fmt: skip
    hang_up(network)
    with pytest.raises(ValueError, match="a key is one of"):
        SendKey("k1", "x")


def test_a_request_within_the_call_answers_a_challenge() -> None:
    verifier = DigestVerifier("trunk", b"secret")
    secret = Credentials("alice", "wonderland")
    verdicts = []

    def challenged(peer: Peer, request):
        given = request.headers.get("Proxy-Authorization")
        if given is None:
            fields = ("Proxy-Authenticate", str(verifier.issue(0, "s", algorithm="SHA-256")))
            return [say(request, 407, fields)]
        verdicts.append(verifier.verify(given, request.method, secret, 1))
        return [say(request, 200)]

    peer = Peer(INFO=challenged)
    network = call(peer, credentials=secret)
    network.order(ALICE, SendKey("k1", "5"))
    network.run(2)
    assert verdicts == [Verdict.GOOD]
    hang_up(network)


def transferred(*statuses: str):
    """A far side that takes a REFER and tells of it in NOTIFYs with these status lines."""

    def take(peer: Peer, request):
        lines = [say(request, 202)]
        for n, status in enumerate(statuses, start=1):
            ended = n == len(statuses)
            state = "terminated;reason=noresource" if ended else "active;expires=60"
            lines.append(
                peer.request(
                    "NOTIFY",
                    ("Event", "refer"),
                    ("Subscription-State", state),
                    ("Content-Type", "message/sipfrag;version=2.0"),
                    body=f"SIP/2.0 {status}\r\n".encode(),
                )
            )
        return lines

    return take


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        (
            ("100 Trying", "180 Ringing", "200 OK"),
            [("progress", 100), ("progress", 180), ("done", 200)],
        ),
        (("100 Trying", "486 Busy Here"), [("progress", 100), ("failed", 486)]),
        (("603 Decline",), [("failed", 603)]),
    ],
)
def test_a_transfer_is_told_as_it_goes_on(statuses, told) -> None:
    peer = Peer(REFER=transferred(*statuses))
    network = call(peer)
    network.order(ALICE, Refer("k1", "sip:+15550009@trunk.example", headers=(("X-Why", "vip"),)))
    network.run(2)
    news = [item for item in network.told(ALICE) if isinstance(item, Referred)]
    assert [(item.state.value, item.code) for item in news] == told
    assert responses(network, "NOTIFY") == [200] * len(statuses)
    refer = peer.of("REFER")[0]
    assert refer.headers.get("Refer-To") == "<sip:+15550009@trunk.example>"
    assert refer.headers.get("Referred-By") == "<sip:alice@192.0.2.1>"
    assert refer.headers.get("X-Why") == "vip"
    inject(network, peer.request("NOTIFY", ("Event", "refer"), ("Subscription-State", "active")))
    network.run(1)
    assert responses(network, "NOTIFY")[-1] == 481
    hang_up(network)


def test_a_refused_transfer_says_why_and_the_call_stays() -> None:
    network = call(Peer(REFER=lambda peer, request: [say(request, 403)]))
    network.order(ALICE, Refer("k1", "sip:x@trunk.example"))
    network.run(1)
    said = Referred("k1", ReferState.FAILED, 403, "Forbidden", refused=True)
    assert network.told(ALICE)[-1] == said
    hang_up(network)


@pytest.mark.parametrize("status", ["404 Not Found", "404 404", "404"])
def test_a_failed_transfer_has_words_even_if_the_report_has_none(status) -> None:
    """FreeSWITCH writes the code twice."""
    network = call(Peer(REFER=transferred(status)))
    network.order(ALICE, Refer("k1", "sip:x@trunk.example"))
    network.run(1)
    assert network.told(ALICE)[-1] == Referred("k1", ReferState.FAILED, 404, "Not Found")
    hang_up(network)


def test_a_transfer_nobody_reports_on_fails_after_a_while() -> None:
    network = call(Peer(REFER=lambda peer, request: [say(request, 202)]))
    network.order(ALICE, Refer("k1", "sip:x@trunk.example"))
    network.run(100)
    network.order(ALICE, Refer("k1", "sip:y@trunk.example"))
    network.run(1)
    busy = network.told(ALICE)[-1]
    assert (busy.state, busy.code) == (ReferState.FAILED, 491)
    network.run(100)
    silent = network.told(ALICE)[-1]
    assert (silent.state, silent.code, silent.phrase) == (ReferState.FAILED, None, "no NOTIFY came")
    hang_up(network)


def test_a_far_side_that_will_not_report_has_taken_the_transfer() -> None:
    quiet = ("Refer-Sub", "false")
    network = call(Peer(REFER=lambda peer, request: [say(request, 200, quiet)]))
    network.order(ALICE, Refer("k1", "sip:x@trunk.example"))
    network.run(1)
    assert network.told(ALICE)[-1] == Referred("k1", ReferState.DONE)
    hang_up(network)


def test_an_attended_transfer_names_the_other_dialog() -> None:
    peer = Peer(REFER=lambda peer, request: [say(request, 202)])
    network = call(peer)
    network.order(ALICE, place(call_key="k2", call_id="call_2@192.0.2.1"))
    network.run(1)
    network.order(ALICE, Refer("k1", "", "k2"))
    network.order(ALICE, Refer("k2", "", "nobody"))
    network.run(1)
    target = peer.of("REFER")[0].headers.get("Refer-To") or ""
    assert target.startswith("<sip:bob@192.0.2.2:5060?Replaces=call_2%40192.0.2.1%3Bto-tag%3Dbob")
    assert "%3Bfrom-tag%3D" in target
    assert Referred("k2", ReferState.FAILED, 481, "the call to be replaced does not stand") in (
        network.told(ALICE)
    )


def test_orders_for_calls_that_do_not_stand_do_no_harm() -> None:
    alice = endpoint(ALICE)
    assert alice.handle(Hold("gone", True), 0.0) == []
    alice.handle(place(), 0.0)
    assert alice.handle(SendKey("k1", "1"), 0.1) == []
    (word,) = alice.handle(Refer("k1", "sip:x@y"), 0.1)
    assert (word.state, word.code) == (ReferState.FAILED, 481)
    with pytest.raises(ValueError):
        Refer("k1", "")


# Session timers (RFC 4028)


def expires(seconds: int, refresher: str):
    return ("Session-Expires", f"{seconds};refresher={refresher}"), ("Require", "timer")


def test_a_session_of_ours_is_refreshed_at_half_its_time() -> None:
    def update(peer: Peer, request):
        assert request.headers.get("Session-Expires") == "600;refresher=uac"
        return [say(request, 200, *expires(600, "uac"))]

    peer = Peer(
        INVITE=lambda peer, request: [answered(request, *expires(600, "uac"))], UPDATE=update
    )
    network = call(peer)
    assert peer.invite.headers.get("Session-Expires") == "1800"
    assert "timer" in peer.invite.headers.listed("Supported")
    network.run(1_000)
    assert len(peer.of("UPDATE")) == 3
    hang_up(network)


def test_a_session_nobody_refreshes_is_ended() -> None:
    peer = Peer(INVITE=lambda peer, request: [answered(request, *expires(90, "uas"))])
    network = call(peer)
    network.run(50)
    inject(network, peer.request("UPDATE", *expires(90, "uac"), ("Supported", "timer")))
    network.run(58)
    assert last_words(network, ALICE) == []
    network.run(10)
    (word,) = last_words(network, ALICE)
    assert isinstance(word, Lost) and word.cause is Cause.GONE
    assert "BYE" in peer.methods()
    at_rest(network)


def test_a_far_side_that_forgot_the_call_is_let_go() -> None:
    peer = Peer(INFO=lambda peer, request: [say(request, 481)])
    network = call(peer)
    network.order(ALICE, SendKey("k1", "1"))
    network.run(60)
    (word,) = last_words(network, ALICE)
    assert isinstance(word, Lost) and word.cause is Cause.GONE
    at_rest(network)


def test_an_interval_too_short_for_them_is_lengthened() -> None:
    def short(peer: Peer, request):
        if len(peer.of("INVITE")) == 1:
            return [say(request, 422, ("Min-SE", "3600"))]
        return [answered(request)]

    peer = Peer(INVITE=short)
    call(peer)
    asked = [request.headers.get("Session-Expires") for request in peer.of("INVITE")]
    assert asked == ["1800", "3600"]


def test_an_interval_too_short_for_us_is_refused() -> None:
    peer = Peer()
    network = call(peer)
    short = peer.request("UPDATE", ("Session-Expires", "30"), ("Supported", "timer"))
    inject(network, short)
    network.run(0.5)
    assert responses(network, "UPDATE") == [422]
    hang_up(network)
