"""Calls that an earlier life of the process left behind."""

from __future__ import annotations

import pytest
from tests.sip.network import ALICE, BOB, Network, endpoint, place
from tests.sip.scripts import answering, at_rest, last_words, ringing

from uponai.sip.commands import (
    Cause,
    Journal,
    Lost,
    RemoteHungUp,
)
from uponai.sip.events import (
    EndOrphan,
)
from uponai.sip.journal import DialogJournal


def restarted(network: Network, upto: str) -> DialogJournal:
    """Alice's process dies; its successor knows only the last journal entry of that phase."""
    entries = [item.journal for item in network.news[ALICE] if isinstance(item, Journal)]
    journal = [entry for entry in entries if entry.phase == upto][-1]
    network.ends[ALICE] = endpoint(ALICE, b"another secret")
    network.news[ALICE] = []
    network.wire.clear()
    return DialogJournal.from_dict(journal.to_dict())


@pytest.mark.parametrize("phase", ["inviting", "early"])
def test_an_orphan_that_still_rings_is_cancelled(phase: str) -> None:
    network = Network(reactions=ringing())
    network.order(ALICE, place())
    network.run(3)
    journal = restarted(network, phase)
    network.order(ALICE, EndOrphan(journal))
    network.run()
    assert network.sent(ALICE) == ["CANCEL", "ACK"]
    word = network.told(ALICE)[-1]
    assert (word.cause, word.code) == (Cause.ORPHAN, 487)
    assert last_words(network, BOB)[0].cause is Cause.CALLER_CANCELLED
    at_rest(network)


def test_an_orphan_that_is_answered_meanwhile_is_acknowledged_and_ended() -> None:
    network = Network(reactions=answering(after_s=5))
    network.order(ALICE, place())
    network.run(3)
    journal = restarted(network, "early")
    network.run(4)
    network.order(ALICE, EndOrphan(journal))
    network.run()
    assert "BYE" in network.sent(ALICE) and "ACK" in network.sent(ALICE)
    word = last_words(network, ALICE)[0]
    assert (word.cause, word.code) == (Cause.ORPHAN, 200)
    assert isinstance(last_words(network, BOB)[0], RemoteHungUp)
    at_rest(network)


def test_an_orphan_that_talks_is_ended_with_bye() -> None:
    network = Network(reactions=answering())
    network.order(ALICE, place())
    network.run(6)
    journal = restarted(network, "confirmed")
    network.order(ALICE, EndOrphan(journal))
    network.run()
    assert network.sent(ALICE) == ["BYE"]
    assert network.told(ALICE) == [Lost("k1", Cause.ORPHAN, "ended after a restart")]
    assert isinstance(last_words(network, BOB)[0], RemoteHungUp)
    at_rest(network)
