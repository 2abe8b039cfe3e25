"""What the front desk tells of a caller: nothing that a number cannot contain."""

import pytest

from uponai.edge.front_desk import FrontDesk
from uponai.sip.commands import IncomingCall
from uponai.sip.hop import Transport
from uponai.sip.parse import parse_datagram
from uponai.sip.uri import Address


def told(from_user, to_user):
    """From and to as they are announced."""
    events = []
    desk = FrontDesk(events.append, lambda order: None, accept_timeout_s=60)
    raw = (
        f"INVITE sip:{to_user}@edge SIP/2.0\r\nVia: SIP/2.0/UDP far;branch=z9hG4bK1\r\n"
        f"From: <sip:{from_user}@far>;tag=1\r\nTo: <sip:x@edge>\r\nCall-ID: c\r\n"
        "CSeq: 1 INVITE\r\n\r\n"
    )
    request = parse_datagram(raw.encode())
    call = IncomingCall("key", request, Address("192.0.2.1", 5060), Transport.UDP)
    desk.arrives(call, anybody=True)
    desk.close()
    return events[0].from_number, events[0].to_number


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
    from_number, to_number = told(user, user)
    assert (from_number, to_number) == (number, number)
