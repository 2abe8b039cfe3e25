"""One OPTIONS outside any call, to learn whether a server is there (RFC 3261 §11)."""

from __future__ import annotations

from uponai.sip.commands import Probed
from uponai.sip.events import CallOrder, Probe, TimerFired
from uponai.sip.exchange import (
    CallCommand,
    NetworkEvent,
    OpenTransaction,
    ResponseArrived,
    TransactionFailed,
)
from uponai.sip.headers import Headers, NameAddr
from uponai.sip.hop import Hop
from uponai.sip.message import Request
from uponai.sip.stack import SDP_TYPE, Stack


class ServerProbe:
    """Over with its first final answer, or once the transaction gives up."""

    def __init__(self, order: Probe, stack: Stack) -> None:
        self._order = order
        self._stack = stack.towards(order.destination.host).reached_by(order.tls_port)
        self.call_key = order.call_key
        self.call_id = order.call_id
        self.local_tag = stack.tokens("tag")
        self.over = False

    def deadline(self) -> float | None:
        """Nothing here waits but the transaction."""
        return None

    def start(self) -> list[CallCommand]:
        """Ask."""
        order, stack = self._order, self._stack
        us = NameAddr(stack.contact(order.transport)[1].strip("<>"))
        items = [
            ("Via", stack.via(order.transport)),
            ("Max-Forwards", "70"),
            ("From", str(us.with_tag(self.local_tag))),
            ("To", str(NameAddr(order.target))),
            ("Call-ID", self.call_id),
            ("CSeq", "1 OPTIONS"),
            stack.contact(order.transport),
            ("Accept", SDP_TYPE),
            stack.agent(),
            *stack.abilities(),
        ]
        request = Request("OPTIONS", order.target, Headers(items))
        return [OpenTransaction(request, Hop(order.destination, order.transport))]

    def handle(self, event: NetworkEvent | CallOrder | TimerFired, now: float) -> list[CallCommand]:
        """Take the answer: whatever it says, somebody is there."""
        _ = now
        match event:
            case ResponseArrived(response) if response.status >= 200 and not self.over:
                self.over = True
                return [Probed(self.call_key, response.status)]
            case TransactionFailed() if not self.over:
                self.over = True
                return [Probed(self.call_key, None)]
            case _:
                return []
