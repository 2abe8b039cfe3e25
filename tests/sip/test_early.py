"""Before the answer: reliable ringing, early media, forks, UPDATE."""

from __future__ import annotations

from tests.sip.network import ALICE, BOB, BOB_MEDIA, Network, place
from tests.sip.peer import SDP, Peer, answered, inject, responses, say, sdp
from tests.sip.scripts import at_rest, kinds, last_words, ringing

from uponai.sip.commands import Cause, Failed, HungUp, IncomingCall, MediaChanged
from uponai.sip.events import Answer, HangUp, Ring
from uponai.sip.message import Response, serialise

RELIABLE = ("Require", "100rel")


def network_with(peer: Peer) -> Network:
    network = Network()
    network.ends[BOB] = peer
    network.order(ALICE, place())
    return network


def test_reliable_responses_are_acknowledged_once_and_in_order() -> None:
    def ring(peer: Peer, request):
        first = say(request, 183, RELIABLE, ("RSeq", "7"), SDP, body=sdp())
        second = say(request, 180, RELIABLE, ("RSeq", "8"))
        late = say(request, 180, RELIABLE, ("RSeq", "10"))
        return [first, first, second, late]

    peer = Peer(INVITE=ring)
    network = network_with(peer)
    network.run(1)
    pracks = peer.of("PRACK")
    assert [request.headers.get("RAck") for request in pracks] == ["7 1 INVITE", "8 1 INVITE"]
    assert kinds(network, ALICE) == ["Ringing", "Ringing"]
    early = network.told(ALICE)[0].early_media
    assert early is not None and early.port == 30000
    # The audio was agreed on by the reliable 183, so the 200 needs none.
    inject_response(network, say(peer.invite, 200))
    network.run(1)
    answer = network.told(ALICE)[-1]
    assert answer.media == early
    network.order(ALICE, HangUp("k1"))
    network.run()
    assert [request.cseq.number for request in peer.got] == [1, 2, 3, 1, 4]
    at_rest(network)


def inject_response(network: Network, response: Response) -> None:
    network.inject(BOB, ALICE, serialise(response))


def test_each_fork_has_its_own_early_audio() -> None:
    def fork(peer: Peer, request):
        other = sdp().replace(b"30000", b"31000")
        return [
            say(request, 183, SDP, body=sdp(), tag="one"),
            say(request, 183, SDP, body=other, tag="two"),
            say(request, 200, tag="one"),
            answered(request, tag="two"),
        ]

    peer = Peer(INVITE=fork)
    network = network_with(peer)
    network.run(2)
    assert network.told(ALICE)[-1].media.port == 30000
    # The second phone that answered is thanked and hung up (RFC 3261 §13.2.2.4).
    assert [request.to.tag for request in peer.of("ACK")] == ["one", "two"]
    assert [request.to.tag for request in peer.of("BYE")] == ["two"]
    network.order(ALICE, HangUp("k1"))
    network.run()
    assert last_words(network, ALICE) == [HungUp("k1", 200)]
    at_rest(network)


def test_an_update_moves_early_audio() -> None:
    peer = Peer(INVITE=lambda peer, request: [say(request, 183, SDP, body=sdp())])
    network = network_with(peer)
    network.run(1)
    moved = sdp().replace(b"30000", b"30002")
    inject(network, peer.request("UPDATE", SDP, body=moved))
    inject(network, peer.request("UPDATE", SDP, body=moved, tag="stranger"))
    network.run(1)
    assert responses(network, "UPDATE") == [200, 481]
    changed = network.told(ALICE)[-1]
    assert isinstance(changed, MediaChanged) and changed.media.port == 30002


def insisting(network: Network) -> None:
    """Alice insists on reliable ringing."""
    plain = network.mangle
    network.mangle = lambda data: plain(
        data.replace(b"Max-Forwards: 70\r\n", b"Max-Forwards: 70\r\nRequire: 100rel\r\n")
        if data.startswith(b"INVITE")
        else data
    )


def test_a_caller_who_insists_gets_ringing_that_lasts_until_it_is_acknowledged() -> None:
    lost = {"PRACK": 2}

    def fate(data: bytes) -> list[float]:
        if data.startswith(b"PRACK") and lost["PRACK"]:
            lost["PRACK"] -= 1
            return []
        return [0.01]

    def react(network: Network, where, call) -> None:
        network.order(where, Ring(call.call_key))
        network.order(where, Answer(call.call_key, BOB_MEDIA), 0.3)

    network = Network(fate=fate, reactions={IncomingCall: react})
    insisting(network)
    network.order(ALICE, place())
    network.run(10)
    sent = network.sent(BOB)
    assert sent.count("180") > 1
    # The answer waited for the PRACK.
    assert sent.index("200") > max(at for at, code in enumerate(sent) if code == "180")
    assert kinds(network, ALICE) == ["Ringing", "Answered"]
    network.order(ALICE, HangUp("k1"))
    network.run()
    at_rest(network)


def test_ringing_that_nobody_acknowledges_ends_the_call() -> None:
    def fate(data: bytes) -> list[float]:
        return [] if data.startswith(b"PRACK") else [0.01]

    network = Network(fate=fate, reactions=ringing())
    insisting(network)
    network.order(ALICE, place())
    network.run(120)
    (word,) = last_words(network, BOB)
    assert isinstance(word, Failed) and (word.cause, word.code) == (Cause.REJECTED, 504)
    at_rest(network)
