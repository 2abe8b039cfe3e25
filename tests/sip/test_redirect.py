"""Calls that are sent on by a 3xx."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sip.network import ALICE, Network, place
from tests.sip.scripts import answering, at_rest, kinds, rejecting

from uponai.sip.commands import Failed, Journal
from uponai.sip.digest import Challenge, Credentials
from uponai.sip.events import HangUp
from uponai.sip.headers import Headers, NameAddr
from uponai.sip.message import Request, Response
from uponai.sip.redirect import Former, contacts_of

CHALLENGE = Challenge("phones", "abc", qop=("auth",))


def moved(*contacts: str, status: int = 302) -> Response:
    return Response(status, "", Headers([("Contact", contact) for contact in contacts]))


def test_contacts_are_tried_by_their_q_and_otherwise_as_they_stand() -> None:
    found = contacts_of(
        moved(
            "<sip:third@pbx.example>;q=0.3",
            '"Desk, 2" <sip:first@pbx.example;transport=tcp>',
            "<sip:second@pbx.example>;q=0.9, <sip:first@pbx.example;transport=tcp>;q=0.1",
        )
    )
    assert found == (
        "sip:first@pbx.example;transport=tcp",
        "sip:second@pbx.example",
        "sip:third@pbx.example",
    )


def test_a_contact_says_where_to_call_and_nothing_else() -> None:
    found = contacts_of(
        moved(
            "<sip:me:secret@pbx.example;method=BYE;maddr=10.0.0.1?Replaces=x&Route=y>",
            "<tel:+15550001>",
            "<mailto:me@pbx.example>",
            "<http://pbx.example>",
            "nonsense",
        )
    )
    assert found == ("sip:me@pbx.example",)


@pytest.mark.parametrize("status", [305, 380, 486])
def test_other_refusals_send_nobody_on(status: int) -> None:
    assert contacts_of(moved("<sip:me@pbx.example>", status=status)) == ()


@given(st.text(max_size=60), st.text(max_size=8))
def test_whatever_stands_in_a_contact_raises_nothing(text: str, q: str) -> None:
    for uri in contacts_of(moved(text, f"<sip:{text}>;q={q}")):
        assert "?" not in uri and uri.startswith(("sip:", "sips:"))


def test_the_call_that_follows_keeps_its_names_and_counts_on() -> None:
    network = Network(reactions=rejecting(302, (("Contact", "<sip:carol@192.0.2.2>"),)))
    network.order(ALICE, place())
    network.run(1)
    (word,) = [item for item in network.told(ALICE) if isinstance(item, Failed)]
    assert (word.code, word.contacts) == (302, ("sip:carol@192.0.2.2",))
    journal = [item.journal for item in network.news[ALICE] if isinstance(item, Journal)][-1]
    first = network.wire[0][1]
    network.reactions = answering()
    names = Former(first.from_.tag, journal.cseq)
    callee = NameAddr("sip:bob@192.0.2.2")
    order = place(call_key="k2", target=word.contacts[0], callee=callee, follows=names)
    network.order(ALICE, order)
    network.order(ALICE, HangUp("k2"), 60)
    network.run()
    invites = [m for s, m in network.wire if s == ALICE and m.start_line.startswith("INVITE")]
    assert [m.uri for m in invites] == ["sip:bob@192.0.2.2", "sip:carol@192.0.2.2"]
    assert [m.cseq.number for m in invites] == [1, 2]
    assert len({(m.call_id, str(m.from_), str(m.to)) for m in invites}) == 1
    assert invites[0].via.branch != invites[1].via.branch
    assert kinds(network, ALICE)[-3:] == ["Ringing", "Answered", "HungUp"]
    at_rest(network)


@pytest.mark.parametrize(
    ("realms", "answered"), [(None, True), (("phones",), True), (("others",), False), ((), False)]
)
def test_a_password_goes_only_to_those_who_may_ask_for_it(realms, answered: bool) -> None:
    network = Network(reactions=rejecting(401, (("WWW-Authenticate", str(CHALLENGE)),)))
    names = Former("alice", 4, realms)
    network.order(ALICE, place(credentials=Credentials("alice", "secret"), follows=names))
    network.run()
    sent = [m for s, m in network.wire if s == ALICE and isinstance(m, Request)]
    shown = [m for m in sent if m.method == "INVITE" and m.headers.get("Authorization")]
    assert bool(shown) is answered
    (word,) = [item for item in network.told(ALICE) if isinstance(item, Failed)]
    assert word.code == 401
    assert word.realms == (("phones",) if answered else ())
