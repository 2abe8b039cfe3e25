"""Servers that are asked by OPTIONS whether they are there."""

from __future__ import annotations

import pytest
from tests.sip.network import ALICE, BOB, Network
from tests.sip.peer import Peer, say
from tests.sip.scripts import at_rest

from uponai.sip.commands import Probed
from uponai.sip.events import Hold, Probe
from uponai.sip.hop import Transport

PROBE = Probe("p1", "p1@192.0.2.1", "sip:trunk.example", BOB, Transport.UDP)


@pytest.mark.parametrize("code", [200, 404, 503])
def test_any_final_answer_says_that_somebody_is_there(code: int) -> None:
    network = Network()
    peer = Peer(OPTIONS=lambda _, request: [say(request, 100), say(request, code)])
    network.ends[BOB] = peer
    network.order(ALICE, PROBE)
    network.order(ALICE, Hold("p1", True), 0.5)  # it is no call
    network.run()
    assert network.told(ALICE) == [Probed("p1", code)]
    (request,) = peer.got
    assert (request.uri, str(request.to)) == ("sip:trunk.example", "<sip:trunk.example>")
    assert "INVITE" in (request.headers.get("Allow") or "")
    at_rest(network)


def test_silence_is_told_once_nobody_can_answer_any_more() -> None:
    network = Network(fate=lambda data: [])
    network.order(ALICE, PROBE)
    network.run()
    assert network.told(ALICE) == [Probed("p1", None)]
    assert network.now == pytest.approx(32.0)
    at_rest(network)
