"""Calls that take the place of a call of ours: attended transfer, from the side of who stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sip.network import ALICE, ALICE_MEDIA, BOB, BOB_MEDIA, Network, endpoint, place
from tests.sip.scripts import answering, at_rest, kinds, last_words, ringing

from uponai.sip.commands import Answered, Failed, HungUp, IncomingCall, RemoteHungUp
from uponai.sip.errors import SipParseError
from uponai.sip.events import Answer, HangUp
from uponai.sip.headers import Headers, NameAddr
from uponai.sip.replaces import Replaces, Standing, read_replaces, refusal
from uponai.sip.uri import Address

CAROL = Address("192.0.2.2", 5080)
STRANGER = Address("198.51.100.9", 5060)


class Transfer:
    """Alice talks to Bob (or rings him); then ``who`` calls her in his place."""

    def __init__(self, who: Address = CAROL, *, talking: bool = True) -> None:
        self.network = network = Network(reactions=answering() if talking else ringing())
        network.order(ALICE, place())
        network.run(6)
        invite, answer = network.wire[0][1], network.wire[-2 if talking else -1][1]
        self.tags = invite.from_.tag, answer.to.tag
        self.call_id = invite.call_id
        self.who = who
        network.ends[who] = endpoint(who)
        network.news[who] = []
        network.reactions = {IncomingCall: self._taken}
        self.seen: list[IncomingCall] = []

    def _taken(self, network: Network, where: Address, call: IncomingCall) -> None:
        self.seen.append(call)
        network.order(where, Answer(call.call_key, ALICE_MEDIA))
        if call.replaces:
            network.order(where, HangUp(call.replaces))

    def come(self, value: str) -> Network:
        """An INVITE with this Replaces field, and what became of it."""
        order = place(
            call_key="k9",
            call_id="other@192.0.2.2",
            target="sip:uponai@192.0.2.1",
            destination=ALICE,
            caller=NameAddr("sip:carol@192.0.2.2"),
            media=BOB_MEDIA,
            headers=(("Replaces", value),),
        )
        self.network.order(self.who, order)
        self.network.run(3)
        return self.network

    def value(self, tail: str = "") -> str:
        ours, theirs = self.tags
        return f"{self.call_id};to-tag={ours};from-tag={theirs}{tail}"

    def refused_with(self) -> int | None:
        (word,) = [word for word in self.network.told(self.who) if isinstance(word, Failed)]
        return word.code


def test_the_call_that_is_replaced_ends_with_bye_and_the_other_goes_on() -> None:
    transfer = Transfer()
    network = transfer.come(transfer.value())
    assert [call.replaces for call in transfer.seen] == ["k1"]
    assert isinstance(network.told(CAROL)[-1], Answered)
    assert HungUp("k1", 200) in network.told(ALICE)
    assert isinstance(last_words(network, BOB)[0], RemoteHungUp)
    network.order(CAROL, HangUp("k9"))
    network.run()
    assert kinds(network, ALICE)[-1] == "RemoteHungUp"
    at_rest(network)


def test_a_call_of_ours_that_still_rings_is_picked_up_elsewhere() -> None:
    transfer = Transfer(talking=False)
    network = transfer.come(transfer.value(";early-only"))
    assert isinstance(network.told(CAROL)[-1], Answered)
    assert "CANCEL" in network.sent(ALICE)


def test_who_wants_only_what_still_rings_is_told_that_it_was_answered() -> None:
    transfer = Transfer()
    transfer.come(transfer.value(";early-only"))
    assert (transfer.refused_with(), transfer.seen) == (486, [])


@pytest.mark.parametrize("wrong", ["call_id", "ours", "theirs", "swapped"])
def test_names_that_match_no_dialog_replace_none(wrong: str) -> None:
    transfer = Transfer()
    ours, theirs = transfer.tags
    call_id = "else@192.0.2.1" if wrong == "call_id" else transfer.call_id
    ours, theirs = {
        "ours": ("x", theirs),
        "theirs": (ours, "x"),
        "swapped": (theirs, ours),
    }.get(wrong, (ours, theirs))
    network = transfer.come(f"{call_id};to-tag={ours};from-tag={theirs}")
    assert (transfer.refused_with(), transfer.seen) == (481, [])
    assert last_words(network, BOB) == []


def test_a_stranger_who_knows_the_names_gets_nobodys_call() -> None:
    transfer = Transfer(STRANGER)
    network = transfer.come(transfer.value())
    assert (transfer.refused_with(), transfer.seen) == (403, [])
    assert last_words(network, BOB) == []


def test_a_call_that_is_being_hung_up_is_not_handed_on() -> None:
    transfer = Transfer()
    transfer.network.fate = lambda data: [] if data.startswith(b"BYE") else [0.01]
    transfer.network.order(ALICE, HangUp("k1"))
    transfer.come(transfer.value())
    assert (transfer.refused_with(), transfer.seen) == (603, [])


@pytest.mark.parametrize(
    "value", ["a@b", "a@b;to-tag=x", "a@b;from-tag=x", ";to-tag=x;from-tag=y", "a;to-tag;from-tag"]
)
def test_a_field_without_all_three_names_is_a_bad_request(value: str) -> None:
    transfer = Transfer()
    transfer.come(value)
    assert (transfer.refused_with(), transfer.seen) == (400, [])


@given(st.text(max_size=80))
def test_whatever_the_field_says_is_read_or_refused(text: str) -> None:
    try:
        found = read_replaces(Headers([("Replaces", text), ("Replaces", "a;to-tag=b;from-tag=c")]))
    except SipParseError:
        return
    assert found == Replaces("a", "b", "c")  # the other said nothing at all


@pytest.mark.parametrize("standing", [*Standing, None])
def test_nobody_else_may_replace_whatever_stands(standing: Standing | None) -> None:
    code = refusal(standing, early_only=False, same_party=False)
    assert code == (481 if standing is None else 403)
