"""Far sides behind a NAT: answered and asked where they were heard, not where they say they are."""

from __future__ import annotations

import pytest
from tests.sip.network import ALICE, ALICE_MEDIA, BOB_MEDIA, endpoint, place

from uponai.sip.commands import Command, IncomingCall, SendTo
from uponai.sip.endpoint import Endpoint
from uponai.sip.events import Answer, HangUp, Received
from uponai.sip.headers import Headers
from uponai.sip.hop import Transport
from uponai.sip.message import Request, Response, response_to, serialise
from uponai.sip.offer import OfferAnswer
from uponai.sip.parse import parse_datagram
from uponai.sip.uri import Address

CONTACT = "<sip:phone@10.7.0.2:5060>"
BEFORE, AFTER = Address("203.0.113.7", 40_000), Address("203.0.113.7", 41_000)


class Phone:
    """At 10.7.0.2 behind a NAT, in a call with an endpoint of ours.

    It has called, or was ``called``.
    """

    def __init__(self, transport: Transport = Transport.UDP, *, called: bool = False) -> None:
        self.edge: Endpoint = endpoint(ALICE)
        self.transport = transport
        self._cseq = 0
        self._to, self._call_id = "<sip:agent@192.0.2.1>", "call@10.7.0.2"
        self.call_key = self._answers() if called else self._calls()

    def _calls(self) -> str:
        invite = self.request("INVITE", body=OfferAnswer(BOB_MEDIA).offer())
        news = next(item for item in self.say(invite, BEFORE) if isinstance(item, IncomingCall))
        _, answer = self.sent(self.edge.handle(Answer(news.call_key, ALICE_MEDIA), 1.0))[0]
        assert isinstance(answer, Response)
        self._to = answer.headers.get("To") or ""
        self.say(self.request("ACK", cseq=1), BEFORE)
        return news.call_key

    def _answers(self) -> str:
        order = place(destination=BEFORE, transport=self.transport)
        _, invite = self.sent(self.edge.handle(order, 0.0))[0]
        assert isinstance(invite, Request)
        self._to, self._call_id = invite.headers.get("From") or "", invite.call_id
        body = OfferAnswer(BOB_MEDIA).answer(invite.body)
        extra = (("Contact", CONTACT), ("Content-Type", "application/sdp"))
        answer = response_to(invite, 200, to_tag="phone", extra=extra, body=body)
        self.edge.handle(Received(serialise(answer), BEFORE, self.transport), 1.0)
        return order.call_key

    def request(
        self, method: str, *, tag: str = "phone", cseq: int = 0, body: bytes = b""
    ) -> Request:
        self._cseq += not cseq
        number = cseq or self._cseq
        name = self.transport.name
        fields = (
            ("Via", f"SIP/2.0/{name} 10.7.0.2:5060;branch=z9hG4bK{method}{number}{tag};rport"),
            ("From", f"<sip:phone@10.7.0.2>;tag={tag}"),
            ("To", self._to),
            ("Call-ID", self._call_id),
            ("CSeq", f"{number} {method}"),
            ("Contact", CONTACT),
            *((("Content-Type", "application/sdp"),) if body else ()),
        )
        return Request(method, "sip:agent@192.0.2.1", Headers(fields), body)

    def say(self, request: Request, source: Address) -> list[Command]:
        return self.edge.handle(Received(serialise(request), source, self.transport), 2.0)

    @staticmethod
    def sent(commands: list[Command]) -> list[tuple[SendTo, Request | Response]]:
        return [(item, parse_datagram(item.data)) for item in commands if isinstance(item, SendTo)]

    def hung_up_at(self) -> Address:
        """Where the endpoint sends its BYE."""
        sent = self.sent(self.edge.handle(HangUp(self.call_key), 3.0))
        (order,) = [order for order, item in sent if isinstance(item, Request)]
        return order.flow or order.destination


def test_a_phone_is_hung_up_where_its_call_came_from() -> None:
    assert Phone().hung_up_at() == BEFORE


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
@pytest.mark.parametrize("method", ["OPTIONS", "UPDATE", "INVITE", "INFO"])
def test_a_phone_whose_binding_changed_is_answered_and_hung_up_at_the_new_one(
    method: str, transport: Transport
) -> None:
    phone = Phone(transport)
    body = OfferAnswer(BOB_MEDIA).offer() if method == "INVITE" else b""
    (order, answer), *_ = phone.sent(phone.say(phone.request(method, body=body), AFTER))
    assert isinstance(answer, Response) and answer.status == 200
    assert (order.flow or order.destination) == AFTER
    if method == "INVITE":
        phone.say(phone.request("ACK", cseq=answer.cseq.number), AFTER)
    assert phone.hung_up_at() == AFTER


def test_nobody_else_moves_a_call() -> None:
    phone = Phone()
    stranger = Address("198.51.100.7", 5060)
    phone.say(phone.request("OPTIONS", tag="another"), stranger)
    phone.say(phone.request("OPTIONS", cseq=1), stranger)  # of an old number: said before
    assert phone.hung_up_at() == BEFORE


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.TLS])
def test_a_connection_that_we_made_stays_the_way_back(transport: Transport) -> None:
    phone = Phone(transport, called=True)
    (order, _), *_ = phone.sent(phone.say(phone.request("OPTIONS"), AFTER))
    assert order.flow == AFTER
    assert phone.hung_up_at() == BEFORE


def test_a_call_does_not_change_its_transport() -> None:
    """Keys of secured audio would be read on the way."""
    phone = Phone(Transport.TLS)
    phone.transport = Transport.UDP
    phone.say(phone.request("OPTIONS"), AFTER)
    assert phone.hung_up_at() == BEFORE
