"""An account of ours at a registrar."""

from __future__ import annotations

from tests.sip.network import ALICE, BOB, Network
from tests.sip.peer import Peer, say

from uponai.sip.commands import Registered, Unregistered
from uponai.sip.digest import Credentials, DigestVerifier, Verdict
from uponai.sip.events import HangUp, Register
from uponai.sip.hop import Transport

SECRET = Credentials("alice", "wonderland")


def order() -> Register:
    return Register(
        "r1", "r1@192.0.2.1", "sip:registrar.example", "sip:alice@registrar.example", BOB,
        Transport.UDP, SECRET,
    )  # fmt: skip


def registered(peer: Peer) -> Network:
    network = Network()
    network.ends[BOB] = peer
    network.order(ALICE, order())
    network.run(1)
    return network


def test_it_answers_a_challenge_refreshes_and_gives_up_cleanly() -> None:
    verifier = DigestVerifier("registrar.example", b"secret")
    verdicts = []

    def take(peer: Peer, request):
        given = request.headers.get("Authorization")
        verdict = given and verifier.verify(given, "REGISTER", SECRET, 1)
        if verdict is not Verdict.GOOD:
            return [say(request, 401, ("WWW-Authenticate", str(verifier.issue(0, "s"))))]
        verdicts.append(verdict)
        contact = request.headers.get("Contact") or ""
        others = ("Contact", f"<sip:other@192.0.2.9>;expires=9000, {contact};expires=100")
        return [say(request, 200, others)]

    peer = Peer(REGISTER=take)
    network = registered(peer)
    assert network.told(ALICE) == [Registered("r1", 100)]
    first = peer.of("REGISTER")[0]
    assert first.uri == "sip:registrar.example"
    assert first.headers.get("Contact") == "<sip:uponai@192.0.2.1:5060>"
    network.run(85)
    assert network.told(ALICE) == [Registered("r1", 100)] * 2
    network.order(ALICE, HangUp("r1"))
    network.run()
    assert network.told(ALICE)[2:] == [Unregistered("r1", 200, "OK")]
    assert peer.of("REGISTER")[-1].headers.get("Expires") == "0"
    assert len({request.call_id for request in peer.got}) == 1
    assert network.ends[ALICE].call_keys == []


def test_an_interval_too_brief_is_lengthened() -> None:
    def brief(peer: Peer, request):
        if request.headers.get("Expires") == "300":
            return [say(request, 423, ("Min-Expires", "1800"))]
        return [say(request, 200, ("Expires", "1800"))]

    assert registered(Peer(REGISTER=brief)).told(ALICE) == [Registered("r1", 1800)]


def test_a_wrong_password_or_silence_ends_it() -> None:
    network = registered(Peer(REGISTER=lambda peer, request: [say(request, 403)]))
    assert network.told(ALICE) == [Unregistered("r1", 403, "Forbidden")]
    network = registered(Peer(REGISTER=lambda peer, request: []))
    network.run(40)
    assert network.told(ALICE) == [Unregistered("r1", None, "no answer")]
    network.run()
    assert network.ends[ALICE].call_keys == []
