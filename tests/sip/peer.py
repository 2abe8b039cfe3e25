"""A far side that says what a test tells it to say, request by request."""

from __future__ import annotations

from collections.abc import Callable

from tests.sip.network import ALICE, BOB, BOB_MEDIA

from uponai.sip.commands import Command, SendTo
from uponai.sip.events import Event, Received
from uponai.sip.headers import Headers
from uponai.sip.hop import Transport
from uponai.sip.message import Message, Request, Response, response_to, serialise
from uponai.sip.offer import OfferAnswer
from uponai.sip.parse import parse_datagram

TAG = "bob"
CONTACT = ("Contact", "<sip:bob@192.0.2.2:5060>")
ALLOW = ("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE, INFO, REFER, NOTIFY")
SDP = ("Content-Type", "application/sdp")

Answer = Callable[["Peer", Request], list[Message]]


def sdp() -> bytes:
    return OfferAnswer(BOB_MEDIA).offer()


def say(request: Request, status: int, *extra, body: bytes = b"", tag: str = TAG) -> Response:
    """A response of the far side."""
    return response_to(request, status, to_tag=tag, extra=(CONTACT, *extra), body=body)


def answered(request: Request, *extra, tag: str = TAG) -> Response:
    """200 to an INVITE, with audio."""
    return say(request, 200, ALLOW, SDP, *extra, body=sdp(), tag=tag)


class Peer:
    """Takes the place of an endpoint in a ``Network``; ``answers`` by method, else 200."""

    call_keys: list[str] = []
    transaction_count = 0

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.got: list[Request] = []
        self.invite: Request | None = None
        self._cseq = 100

    def deadline(self) -> float | None:
        return None

    def handle(self, event: Event, now: float) -> list[Command]:
        message = parse_datagram(event.message) if isinstance(event, Received) else None
        if not isinstance(message, Request):
            return []
        self.got.append(message)
        if message.method == "INVITE" and self.invite is None:
            self.invite = message
        if message.method in self.answers:
            sent = self.answers[message.method](self, message)
        elif message.method == "ACK":
            sent = []
        elif message.method == "INVITE":
            sent = [answered(message)]
        else:
            sent = [say(message, 200)]
        return [SendTo(serialise(item), ALICE, Transport.UDP) for item in sent]

    def methods(self) -> list[str]:
        return [request.method for request in self.got]

    def of(self, method: str) -> list[Request]:
        return [request for request in self.got if request.method == method]

    def request(self, method: str, *extra, body: bytes = b"", tag: str = TAG) -> Request:
        """A request of the far side within the dialog."""
        assert self.invite is not None
        self._cseq += 1
        fields = [
            ("Via", f"SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKpeer{self._cseq}"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:bob@192.0.2.2>;tag={tag}"),
            ("To", self.invite.headers.get("From") or ""),
            ("Call-ID", self.invite.call_id),
            ("CSeq", f"{self._cseq} {method}"),
            CONTACT,
            *extra,
        ]
        return Request(method, "sip:uponai@192.0.2.1", Headers(fields), body)


def inject(network, request: Request) -> None:
    network.inject(BOB, ALICE, serialise(request))


def responses(network, method: str) -> list[int]:
    """What our side answered to requests of this method."""
    return [
        m.status
        for source, m in network.wire
        if source == ALICE and isinstance(m, Response) and m.cseq.method == method
    ]
