"""Where a call is sent on to by 3xx: in which order, how often, and never in a circle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.edge.dialplan import moved, plan
from uponai.edge.moves import MAX_MOVES, Moves
from uponai.link import control
from uponai.sip.hop import Transport

NAMES = st.sampled_from([f"sip:{name}@pbx.example" for name in "abcdefgh"])


def all_of(moves):
    found = []
    while (contact := moves.next()) is not None:
        found.append(contact)
    return found


def test_what_a_contact_says_comes_before_what_was_left():
    moves = Moves("sip:me@trunk.example")
    moves.add(["sip:a@pbx.example", "sip:b@pbx.example"], ())
    assert moves.next() == "sip:a@pbx.example"
    moves.add(["sip:c@pbx.example"], ("phones",))
    moves.add([], ("phones", "desks"))
    assert all_of(moves) == ["sip:c@pbx.example", "sip:b@pbx.example"]
    assert moves.realms == ("phones", "desks")


def test_nobody_is_called_twice_whatever_the_spelling():
    moves = Moves("sip:me@Trunk.example")
    moves.add(["sip:me@trunk.EXAMPLE", "sip:%6De@trunk.example;x=1", "sips:me@trunk.example"], ())
    assert all_of(moves) == []
    moves.add(["sip:me@trunk.example:5070", "sip:me@trunk.example;transport=tcp"], ())
    assert len(all_of(moves)) == 2


@given(st.lists(st.lists(NAMES, max_size=6), max_size=12))
def test_however_often_a_call_is_sent_on_it_comes_to_rest(answers):
    moves, found = Moves("sip:a@pbx.example"), []
    for contacts in answers:
        moves.add(contacts, ())
        found += [contact for contact in [moves.next()] if contact]
    found += all_of(moves)
    assert len(found) <= MAX_MOVES
    assert len(set(found)) == len(found)
    assert "sip:a@pbx.example" not in found


@pytest.mark.parametrize(
    ("trunk", "contact", "host", "port", "transport"),
    [
        ("UDP", "sip:b@pbx.example", "pbx.example", None, Transport.UDP),
        ("UDP", "sip:b@pbx.example:5070;transport=tcp", "pbx.example", 5070, Transport.TCP),
        ("UDP", "sips:b@pbx.example", "pbx.example", None, Transport.TLS),
        ("TLS", "sip:b@pbx.example;transport=udp", "pbx.example", None, Transport.TLS),
    ],
)
def test_a_contact_says_how_to_go_on_but_not_in_the_clear(trunk, contact, host, port, transport):
    order = control.Dial("c", 1, 1, "+1555", "+1666", control.Trunk("trunk.example", trunk), ())
    found = moved(plan(order, "192.0.2.1", ("PCMU",)), contact)
    assert (found.target, found.host, found.port, found.transport) == (
        contact,
        host,
        port,
        transport,
    )
    assert (found.home, found.callee) == ("trunk.example", "sip:+1666@trunk.example")


def test_a_contact_by_a_transport_that_is_not_spoken_is_none():
    order = control.Dial("c", 1, 1, "+1555", "+1666", control.Trunk("trunk.example"), ())
    with pytest.raises(ValueError, match="transport sctp"):
        moved(plan(order, "192.0.2.1", ("PCMU",)), "sip:b@pbx.example;transport=sctp")
