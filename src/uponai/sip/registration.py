"""An account of ours at somebody's registrar (RFC 3261 §10.2), kept alive until it is given up."""

from __future__ import annotations

from uponai.sip.auth import Authenticator
from uponai.sip.commands import Registered, Unregistered
from uponai.sip.errors import SipParseError
from uponai.sip.events import CallOrder, HangUp, Register, TimerFired
from uponai.sip.exchange import (
    CallCommand,
    NetworkEvent,
    OpenTransaction,
    Reply,
    RequestArrived,
    ResponseArrived,
    TransactionFailed,
)
from uponai.sip.headers import Headers, NameAddr, parse_name_addr
from uponai.sip.hop import Hop
from uponai.sip.message import Request, Response
from uponai.sip.stack import Stack
from uponai.sip.uri import param

_SOONEST_S = 1.0
_FRESH_FOR = 0.8
"""The share of the granted time after which the registration is refreshed."""


class Registration:
    """Ends with its first failure: who ordered it decides when to try again, and where."""

    def __init__(self, order: Register, stack: Stack) -> None:
        stack = stack.towards(order.destination.host).reached_by(order.tls_port)
        self.call_key = order.call_key
        self.call_id = order.call_id
        self.local_tag = stack.tokens("tag")
        self.over = False
        self._order = order
        self._stack = stack
        self._auth = Authenticator(order.credentials, stack.tokens)
        self._contact = stack.contact(order.transport)
        self._expires_s = order.expires_s
        self._cseq = 0
        self._refresh_at: float | None = None
        self._leaving = False

    def deadline(self) -> float | None:
        """When TimerFired has something to do here."""
        return self._refresh_at

    def start(self) -> list[CallCommand]:
        """Ask to be registered."""
        self._auth.begin()
        return [self._register()]

    def handle(self, event: NetworkEvent | CallOrder | TimerFired, now: float) -> list[CallCommand]:
        """Advance the registration. ``HangUp`` gives it up."""
        match event:
            case ResponseArrived(response):
                return self._answered(response, now)
            case TransactionFailed():
                return self._lost(event)
            case TimerFired() if self._refresh_at is not None and now >= self._refresh_at:
                self._refresh_at = None
                return self.start()
            case HangUp() if not self.over and not self._leaving:
                self._leaving, self._refresh_at = True, None
                self._expires_s = 0
                return self.start()
            case RequestArrived(key, request) if key:
                return [Reply(key, self._stack.response(request, 481))]
            case _:
                return []

    def _register(self) -> OpenTransaction:
        order, stack = self._order, self._stack
        self._cseq += 1
        party = NameAddr(order.account)
        items = [
            ("Via", stack.via(order.transport)),
            ("Max-Forwards", "70"),
            ("From", str(party.with_tag(self.local_tag))),
            ("To", str(party)),
            ("Call-ID", self.call_id),
            ("CSeq", f"{self._cseq} REGISTER"),
            self._contact,
            ("Expires", str(self._expires_s)),
            stack.agent(),
            *stack.abilities(),
            *self._auth.fields("REGISTER", order.registrar),
        ]
        request = Request("REGISTER", order.registrar, Headers(items))
        return OpenTransaction(request, Hop(order.destination, order.transport))

    def _answered(self, response: Response, now: float) -> list[CallCommand]:
        if response.cseq.number != self._cseq or response.status < 200 or self.over:
            return []
        if response.status in {401, 407} and self._auth.learn(response):
            return [self._register()]
        minimum = (response.headers.get("Min-Expires") or "").strip()
        if response.status == 423 and minimum.isdecimal() and int(minimum) > self._expires_s:
            self._expires_s = int(minimum)
            return [self._register()]
        if response.status >= 300 or self._leaving:
            self.over = True
            return [Unregistered(self.call_key, response.status, response.phrase)]
        granted_s = self._granted(response)
        self._refresh_at = now + max(granted_s * _FRESH_FOR, _SOONEST_S)
        return [Registered(self.call_key, granted_s)]

    def _granted(self, response: Response) -> int:
        """For how long: said at our Contact, else for all in Expires (§10.2.4)."""
        ours = parse_name_addr(self._contact[1]).uri
        texts: list[str] = []
        for value in response.headers.listed("Contact"):
            try:
                contact = parse_name_addr(value)
            except SipParseError:
                continue
            if contact.uri == ours:
                texts.append(param(contact.params, "expires") or "")
        texts.append(response.headers.get("Expires") or "")
        for text in texts:
            if 0 < len(text.strip()) <= 9 and text.strip().isdecimal():
                return int(text)
        return self._expires_s

    def _lost(self, event: TransactionFailed) -> list[CallCommand]:
        if self.over or event.request.cseq.number != self._cseq:
            return []
        self.over, self._refresh_at = True, None
        return [Unregistered(self.call_key, None, event.detail or "no answer")]
