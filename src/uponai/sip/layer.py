"""All transactions of an endpoint: matching (RFC 3261 §17.1.3, §17.2.3), timers, failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from uponai.sip.agenda import Agenda
from uponai.sip.commands import SendTo
from uponai.sip.events import SendFailed
from uponai.sip.exchange import NetworkEvent, RequestArrived, ResponseArrived, TransactionFailed
from uponai.sip.headers import MAGIC_COOKIE
from uponai.sip.hop import Hop, Transport, response_hop
from uponai.sip.message import Request, Response, with_received
from uponai.sip.transaction import (
    Broken,
    Deliver,
    Kind,
    NoAnswer,
    Output,
    TimerValues,
    Transaction,
    Transmit,
)
from uponai.sip.uri import Address


@dataclass(frozen=True, slots=True)
class ToCall:
    """Something for the call that opened the transaction (``call_key``)."""

    call_key: str
    event: NetworkEvent


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A new request, or an ACK or response that belongs to no transaction."""

    event: RequestArrived | ResponseArrived


@dataclass(frozen=True, slots=True)
class Finished:
    """A transaction of this call was forgotten."""

    call_key: str


LayerOutput: TypeAlias = SendTo | ToCall | Unclaimed | Finished


@dataclass(slots=True)
class _Entry:
    transaction: Transaction
    hop: Hop
    call_key: str
    source: Address


def client_key(message: Request | Response) -> str:
    """Branch and CSeq method, which a response repeats (§17.1.3)."""
    return f"c {message.via.branch} {message.cseq.method}"


def server_key(request: Request, method: str = "") -> str:
    """Branch, sent-by and method; ACK counts as its INVITE (§17.2.3).

    A branch without the magic cookie comes from an RFC 2543 peer and is not unique.
    """
    via = request.via
    method = method or ("INVITE" if request.method == "ACK" else request.method)
    if via.branch.startswith(MAGIC_COOKIE):
        return f"s {via.branch} {via.sent_by.lower()} {method}"
    parts = (request.call_id, request.from_.tag, str(request.cseq.number), str(via))
    return f"2543 {' '.join(parts)} {method}"


class TransactionLayer:
    """Owns every transaction; knows calls only by their keys."""

    def __init__(self, values: TimerValues) -> None:
        self._values = values
        self._entries: dict[str, _Entry] = {}
        self._agenda = Agenda()

    def __len__(self) -> int:
        return len(self._entries)

    def deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return self._agenda.next()

    def open(
        self, request: Request, hop: Hop, call_key: str, now: float, *, adopt: bool = False
    ) -> list[LayerOutput]:
        """Start a client transaction; ``adopt``: its request left in an earlier life."""
        key = client_key(request)
        reliable = hop.transport.is_reliable
        if adopt:
            adopted = Transaction.adopted(request, self._values, reliable=reliable)
            self._entries[key] = _Entry(adopted, hop, call_key, hop.address)
            return []
        kind = Kind.INVITE_CLIENT if request.method == "INVITE" else Kind.CLIENT
        transaction = Transaction(kind, request, self._values, reliable=reliable)
        entry = self._entries[key] = _Entry(transaction, hop, call_key, hop.address)
        return self._after(key, entry, transaction.start(now))

    def forget(self, request: Request) -> list[LayerOutput]:
        """Drop a client transaction at once."""
        key = client_key(request)
        entry = self._entries.pop(key, None)
        self._agenda.set(key, None)
        return [] if entry is None else [Finished(entry.call_key)]

    def claim(self, key: str, call_key: str) -> None:
        """A server transaction belongs to this call from now on."""
        entry = self._entries.get(key)
        if entry is not None:
            entry.call_key = call_key

    def knows(self, key: str) -> bool:
        """Whether there is such a transaction."""
        return key in self._entries

    def owner(self, key: str) -> str:
        """The call that a transaction belongs to, "" if to none or unknown."""
        entry = self._entries.get(key)
        return entry.call_key if entry is not None else ""

    def reply(self, key: str, response: Response, now: float) -> list[LayerOutput]:
        """Answer a request; too late an answer goes nowhere."""
        entry = self._entries.get(key)
        if entry is None:
            return []
        return self._after(key, entry, entry.transaction.reply(response, now))

    def receive_response(self, response: Response, now: float) -> list[LayerOutput]:
        """Match a response to its request."""
        key = client_key(response)
        entry = self._entries.get(key)
        if entry is None:
            return [Unclaimed(ResponseArrived(response))]
        if response.cseq != entry.transaction.request.cseq:
            return []  # a broken peer; taken as an answer it would stop our timers for nothing
        return self._after(key, entry, entry.transaction.receive(response, now))

    def receive_request(
        self, request: Request, source: Address, transport: Transport, now: float
    ) -> list[LayerOutput]:
        """Absorb a repeated request, pass a new one up."""
        request = with_received(request, source.host, source.port)
        key = server_key(request)
        hop = response_hop(request.via, source, transport)
        entry = self._entries.get(key)
        if entry is not None:
            return self._after(key, entry, entry.transaction.receive(request, now))
        if request.method == "ACK":
            return [Unclaimed(RequestArrived("", request, hop, source))]
        kind = Kind.INVITE_SERVER if request.method == "INVITE" else Kind.SERVER
        transaction = Transaction(kind, request, self._values, reliable=transport.is_reliable)
        entry = self._entries[key] = _Entry(transaction, hop, "", source)
        return self._after(key, entry, transaction.start(now))

    def broken(self, failed: SendFailed, now: float) -> list[LayerOutput]:
        """Every transaction that sends to this destination loses its transport."""
        out: list[LayerOutput] = []
        for key, entry in list(self._entries.items()):
            hop = entry.hop
            if hop.transport is failed.transport and failed.destination in {hop.address, hop.flow}:
                out += self._after(key, entry, entry.transaction.broken(now), failed)
        return out

    def tick(self, now: float) -> list[LayerOutput]:
        """Fire every timer that is due."""
        out: list[LayerOutput] = []
        for key in self._agenda.due(now):
            entry = self._entries[key]
            out += self._after(key, entry, entry.transaction.tick(now))
        return out

    def _after(
        self,
        key: str,
        entry: _Entry,
        outputs: list[Output],
        failed: SendFailed | None = None,
    ) -> list[LayerOutput]:
        """Address what a transaction gave out, and keep or drop the transaction."""
        out = [self._address(key, entry, output, failed) for output in outputs]
        transaction = entry.transaction
        if transaction.is_over:
            self._entries.pop(key, None)
            self._agenda.set(key, None)
            out.append(Finished(entry.call_key))
        else:
            self._agenda.set(key, transaction.deadline())
        return out

    def _address(
        self, key: str, entry: _Entry, output: Output, failed: SendFailed | None
    ) -> LayerOutput:
        hop = entry.hop
        request = entry.transaction.request
        match output:
            case Transmit(data):
                return SendTo(data, hop.address, hop.transport, hop.flow)
            case Deliver(message):
                if isinstance(message, Response):
                    return ToCall(entry.call_key, ResponseArrived(message, request))
                name = "" if message.method == "ACK" else key
                arrived = RequestArrived(name, message, hop, entry.source)
                return ToCall(entry.call_key, arrived) if entry.call_key else Unclaimed(arrived)
            case NoAnswer():
                return ToCall(entry.call_key, TransactionFailed(request))
            case Broken():
                may_have_left = failed.may_have_left if failed else True
                detail = failed.detail if failed else ""
                event = TransactionFailed(request, True, may_have_left, detail)
                return ToCall(entry.call_key, event)
