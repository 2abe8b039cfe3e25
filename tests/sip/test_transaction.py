"""The transaction table and its timers."""

from __future__ import annotations

import itertools

import pytest

from uponai.sip.errors import SipStateError
from uponai.sip.headers import Headers
from uponai.sip.message import Request, Response, response_to
from uponai.sip.transaction import (
    INITIAL,
    TABLE,
    Broken,
    Deliver,
    Kind,
    NoAnswer,
    State,
    TimerValues,
    Transaction,
    Transmit,
    Trigger,
)


def request(method: str) -> Request:
    fields = [
        ("Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx"),
        ("From", "<sip:a@h>;tag=1"),
        ("To", "<sip:b@h>"),
        ("Call-ID", "c"),
        ("CSeq", f"1 {method}"),
    ]
    return Request(method, "sip:b@h", Headers(fields))


METHODS = {
    Kind.INVITE_CLIENT: "INVITE",
    Kind.INVITE_SERVER: "INVITE",
    Kind.CLIENT: "BYE",
    Kind.SERVER: "BYE",
}


def fresh(kind: Kind, reliable: bool = False) -> Transaction:
    return Transaction(kind, request(METHODS[kind]), TimerValues(), reliable=reliable)


def fire(transaction: Transaction, trigger: Trigger) -> None:
    """Make ``trigger`` happen through the public methods."""
    message = transaction.request
    codes = {"1xx": 180, "2xx": 200, "3xx-6xx": 404}
    name = trigger.value
    if name.startswith("got ") and name[4:] in codes:
        transaction.receive(response_to(message, codes[name[4:]], to_tag="t"), 0.0)
    elif name.startswith("reply "):
        transaction.reply(response_to(message, codes[name[6:]], to_tag="t"), 0.0)
    elif trigger is Trigger.GOT_REQUEST:
        transaction.receive(message, 0.0)
    elif trigger is Trigger.GOT_ACK:
        transaction.receive(request("ACK"), 0.0)
    elif trigger is Trigger.BROKEN:
        transaction.broken(0.0)
    else:
        transaction.start(0.0)


TIMERS = [trigger for trigger in Trigger if len(trigger.value) == 1]
OUTSIDE = [trigger for trigger in Trigger if trigger not in TIMERS]


def test_every_pair_is_listed_or_raises() -> None:
    walked = 0
    for kind, state, trigger in itertools.product(Kind, State, OUTSIDE):
        transaction = fresh(kind)
        transaction.state = state
        row = TABLE.get((kind, state, trigger))
        if row is None:
            with pytest.raises(SipStateError):
                fire(transaction, trigger)
        else:
            fire(transaction, trigger)
            assert transaction.state is row.to
        walked += 1
    assert walked == len(Kind) * len(State) * len(OUTSIDE)


def test_timers_that_start_are_listed_where_they_can_fire() -> None:
    for (kind, _, _), step in TABLE.items():
        for timer in (*step.starts, *step.keeps):
            assert (kind, step.to, Trigger["TIMER_" + timer.value]) in TABLE


def test_every_state_is_reachable_and_leads_to_the_end() -> None:
    for kind in Kind:
        reached = {INITIAL[kind]}
        while True:
            more = {s.to for (k, f, _), s in TABLE.items() if k is kind and f in reached}
            if more <= reached:
                break
            reached |= more
        assert State.TERMINATED in reached
        assert {state for k, state, _ in TABLE if k is kind} <= reached


def transmissions(transaction: Transaction, until: float) -> list[float]:
    times = [0.0 for out in transaction.start(0.0) if isinstance(out, Transmit)]
    while (due := transaction.deadline()) is not None and due <= until:
        times += [due for out in transaction.tick(due) if isinstance(out, Transmit)]
    return times


def test_invite_is_repeated_with_doubling_pauses() -> None:
    transaction = fresh(Kind.INVITE_CLIENT)
    assert transmissions(transaction, 31.9) == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert transaction.tick(32.0) == [NoAnswer()] and transaction.is_over


def test_bye_is_repeated_up_to_t2() -> None:
    transaction = fresh(Kind.CLIENT)
    expected = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert transmissions(transaction, 31.9) == expected
    assert transaction.tick(32.0) == [NoAnswer()]


@pytest.mark.parametrize("kind", [Kind.INVITE_CLIENT, Kind.CLIENT])
def test_nothing_is_repeated_over_tcp(kind: Kind) -> None:
    transaction = fresh(kind, reliable=True)
    assert transmissions(transaction, 31.9) == [0]
    assert transaction.deadline() == 32.0


def test_a_refusal_is_acknowledged_each_time_and_told_once() -> None:
    transaction = fresh(Kind.INVITE_CLIENT)
    transaction.start(0.0)
    busy = response_to(transaction.request, 486, to_tag="t")
    first = transaction.receive(busy, 1.0)
    assert [type(out) for out in first] == [Transmit, Deliver]
    assert isinstance(first[0], Transmit) and first[0].data.startswith(b"ACK sip:b@h SIP/2.0\r\n")
    assert b"tag=t" in first[0].data and b"CSeq: 1 ACK" in first[0].data
    assert transaction.receive(busy, 2.0) == first[:1]
    assert transaction.deadline() == 33.0
    transaction.tick(33.0)
    assert transaction.is_over


def test_a_provisional_response_stops_the_invite_but_not_the_bye() -> None:
    invite, bye = fresh(Kind.INVITE_CLIENT), fresh(Kind.CLIENT)
    for transaction in (invite, bye):
        transaction.start(0.0)
        transaction.receive(response_to(transaction.request, 100), 0.1)
    assert invite.deadline() is None
    assert bye.deadline() == 0.5
    assert [type(out) for out in bye.tick(0.5)] == [Transmit]
    assert bye.deadline() == 4.5


def test_a_refusal_of_ours_is_repeated_until_the_ack() -> None:
    transaction = fresh(Kind.INVITE_SERVER)
    transaction.start(0.0)
    busy = response_to(transaction.request, 486, to_tag="t")
    assert len(transaction.reply(busy, 0.0)) == 1
    assert transaction.deadline() == 0.5
    assert len(transaction.tick(0.5)) == 1
    assert transaction.deadline() == 1.5
    transaction.receive(request("ACK"), 0.6)
    assert transaction.state is State.CONFIRMED and transaction.deadline() == 5.6


def test_broken_transport_is_told() -> None:
    transaction = fresh(Kind.CLIENT)
    transaction.start(0.0)
    assert transaction.broken(0.1) == [Broken()]
    assert transaction.is_over


def test_response_objects_are_passed_as_they_are() -> None:
    transaction = fresh(Kind.CLIENT)
    transaction.start(0.0)
    ok = Response(200, "Fine", response_to(transaction.request, 200).headers)
    assert transaction.receive(ok, 0.1) == [Deliver(ok)]
