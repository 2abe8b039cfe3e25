"""What the front desk tells of a caller: nothing that a number cannot contain."""

import pytest

from uponai.edge.front_desk import FrontDesk
from uponai.sip.commands import IncomingCall
from uponai.sip.hop import Transport
from uponai.sip.parse import parse_datagram
from uponai.sip.uri import Address


def told(from_user, to_user, *fields):
    """What is announced of a call."""
    events = []
    desk = FrontDesk(events.append, lambda order: None, accept_timeout_s=60)
    raw = (
        f"INVITE sip:{to_user}@edge SIP/2.0\r\nVia: SIP/2.0/UDP far;branch=z9hG4bK1\r\n"
        f"From: <sip:{from_user}@far>;tag=1\r\nTo: <sip:x@edge>\r\nCall-ID: c\r\n"
        "CSeq: 1 INVITE\r\n" + "".join(f"{field}\r\n" for field in fields) + "\r\n"
    )
    request = parse_datagram(raw.encode())
    call = IncomingCall("key", request, Address("192.0.2.1", 5060), Transport.UDP)
    desk.arrives(call, anybody=True)
    desk.close()
    return events[0]


@pytest.mark.parametrize(
    ("user", "number"),
    [
        ("+14155550142", "+14155550142"),
        ("%2B1415", "+1415"),
        ("%00%0a1415%7f", "1415"),
        ("J%C3%BCrgen", "J\u00fcrgen"),
        ("9" * 1_000, "9" * 256),
    ],
)
async def test_users_of_uris_become_numbers(user, number):
    event = told(user, user)
    assert (event.from_number, event.to_number) == (number, number)


async def test_fields_that_say_who_calls_whom_are_told_several_of_a_name_as_one_list():
    event = told(
        "ann",
        "bob",
        "X-Campaign: spring",
        "History-Info: <sip:a@pbx>;index=1",
        "History-Info: <sip:b@pbx>;index=1.1",
        "P-Asserted-Identity: <sip:+14155550142@pbx>",
        "Diversion: <sip:+14155550143@pbx>;reason=no-answer",
        "User-To-User: 00c8;encoding=hex",
        "Subject: none of these",
    )
    names = {"X-Campaign", "History-Info", "P-Asserted-Identity", "Diversion", "User-To-User"}
    assert set(event.headers) == {*names, "From", "To", "Call-ID"}
    assert event.headers["History-Info"] == "<sip:a@pbx>;index=1, <sip:b@pbx>;index=1.1"


async def test_fields_are_told_within_bounds_and_without_what_no_text_holds():
    many = [f"X-{n}: {n}" for n in range(60)]
    event = told("ann", "bob", "X-Odd: a\x01\x7fb", "X-Long: " + "x" * 3_000, *many)
    assert len(event.headers) == 40
    assert event.headers["X-Odd"] == "ab"
    assert len(event.headers["X-Long"]) == 1_000
