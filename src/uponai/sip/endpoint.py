"""The top machine: bytes, timers and orders in; bytes and news of calls out.

It routes requests to calls by Call-ID and our tag (RFC 3261 §12.2.2), answers what belongs to no
call (§8.2, §11), and keeps one agenda of all deadlines.
"""

from __future__ import annotations

from typing import TypeAlias

from uponai.sip.agenda import Agenda
from uponai.sip.commands import Command, SendTo
from uponai.sip.errors import SipParseError
from uponai.sip.events import (
    EndOrphan,
    Event,
    Hold,
    PlaceCall,
    Probe,
    Received,
    Refer,
    Register,
    SendFailed,
    SendKey,
    TimerFired,
)
from uponai.sip.exchange import (
    CallCommand,
    Forget,
    OpenTransaction,
    Reply,
    RequestArrived,
    ResponseArrived,
    TransactionFailed,
)
from uponai.sip.gate import Gate
from uponai.sip.incoming import ArrivedCall
from uponai.sip.layer import Finished, LayerOutput, ToCall, TransactionLayer, Unclaimed, server_key
from uponai.sip.message import Message, Request, with_received
from uponai.sip.offer import LocalMedia
from uponai.sip.outgoing import OutgoingCall, orphan_order
from uponai.sip.parse import parse_datagram
from uponai.sip.probe import ServerProbe
from uponai.sip.registration import Registration
from uponai.sip.replaces import read_replaces, refusal
from uponai.sip.session import MIN_SE_S, is_too_short
from uponai.sip.stack import ALLOWED, SDP_TYPE, EndpointConfig, Fields, Stack
from uponai.sip.tokens import TokenSource
from uponai.sip.uri import parse_uri

_NOT_OF_A_CALL = (Received, SendFailed, PlaceCall, Register, Probe, EndOrphan)
_NO_DIALOG = (Registration, ServerProbe)
Call: TypeAlias = OutgoingCall | ArrivedCall | Registration | ServerProbe


class Endpoint:
    """One SIP user agent with all its calls.

    ``handle`` never raises for what a peer sent; unreadable messages are counted in
    ``dropped``, new calls and requests of no call of ours that the gate does not admit in
    ``turned_away``; both get no answer, since an answer tells a scanner that somebody is here, and
    has to be remembered. Orders for a call that is gone do nothing.
    """

    def __init__(self, config: EndpointConfig, tokens: TokenSource) -> None:
        self.dropped = 0
        self.turned_away = 0
        self._stack = Stack(config, tokens)
        self._layer = TransactionLayer(config.timers)
        self._gate = Gate(config.gate)
        self._agenda = Agenda()
        self._calls: dict[str, Call] = {}
        self._by_dialog: dict[tuple[str, str], str] = {}
        self._arriving: dict[tuple[str, str, int], str] = {}
        self._open: dict[str, int] = {}

    @property
    def call_keys(self) -> list[str]:
        """Every call that still has something to send or to wait for."""
        return list(self._calls)

    @property
    def transaction_count(self) -> int:
        """How many transactions are remembered."""
        return len(self._layer)

    def deadline(self) -> float | None:
        """When ``TimerFired`` has something to do, in the seconds of ``now``."""
        times = (self._layer.deadline(), self._agenda.next())
        return min((time for time in times if time is not None), default=None)

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take one event; the commands are to be carried out in order."""
        out: list[Command] = []
        match event:
            case Received():
                self._received(event, now, out)
            case TimerFired():
                self._route(self._layer.tick(now), now, out)
                for key in self._agenda.due(now):
                    self._give(key, event, now, out)
            case SendFailed():
                self._route(self._layer.broken(event, now), now, out)
            case PlaceCall():
                self._place(event, now, out)
            case Register() | Probe():
                self._ask_server(event, now, out)
            case EndOrphan():
                self._end_orphan(event, now, out)
            case Hold() | SendKey() | Refer():
                self._ask(event, now, out)
            case _:
                self._give(event.call_key, event, now, out)
        return out

    def _ask(self, order: Hold | SendKey | Refer, now: float, out: list[Command]) -> None:
        call = self._calls.get(order.call_key)
        if call is None or isinstance(call, _NO_DIALOG):
            return
        other = self._calls.get(order.replaces) if isinstance(order, Refer) else None
        usage = None if other is None or isinstance(other, _NO_DIALOG) else other.usage
        replaced = usage.dialog if usage is not None and not usage.is_leaving else None
        self._run(call, call.order(order, replaced), now, out)

    # Calls

    def _place(self, order: PlaceCall, now: float, out: list[Command]) -> None:
        if order.call_key in self._calls:
            raise ValueError(f"call key {order.call_key!r} is in use")
        call = OutgoingCall(order, self._stack)
        self._add(call)
        self._run(call, call.start(now), now, out)

    def _ask_server(self, order: Register | Probe, now: float, out: list[Command]) -> None:
        if order.call_key in self._calls:
            raise ValueError(f"call key {order.call_key!r} is in use")
        is_probe = isinstance(order, Probe)
        asker = ServerProbe(order, self._stack) if is_probe else Registration(order, self._stack)
        self._add(asker)
        self._run(asker, asker.start(), now, out)

    def _end_orphan(self, order: EndOrphan, now: float, out: list[Command]) -> None:
        journal = order.journal
        if journal.call_key in self._calls:
            raise ValueError(f"call key {journal.call_key!r} is in use")
        media = LocalMedia(self._stack.config.udp.host, 9)
        place = orphan_order(journal, media, order.credentials)
        call = OutgoingCall.orphan(journal, place, self._stack)
        self._add(call)
        self._run(call, call.end_orphan(now), now, out)

    def _add(self, call: Call) -> None:
        self._calls[call.call_key] = call
        self._by_dialog[call.call_id, call.local_tag] = call.call_key
        self._open[call.call_key] = 0

    def _give(
        self,
        call_key: str,
        event: Event | RequestArrived | ResponseArrived | TransactionFailed,
        now: float,
        out: list[Command],
    ) -> None:
        call = self._calls.get(call_key)
        if call is None or isinstance(event, _NOT_OF_A_CALL):
            return
        self._run(call, call.handle(event, now), now, out)

    def _run(self, call: Call, commands: list[CallCommand], now: float, out: list[Command]) -> None:
        """Carry out what a call wants of the transactions, pass the rest on."""
        for command in commands:
            match command:
                case OpenTransaction():
                    self._open[call.call_key] += 1
                    opened = self._layer.open(
                        command.request, command.hop, call.call_key, now, adopt=command.adopt
                    )
                    self._route(opened, now, out)
                case Reply(key, response):
                    self._route(self._layer.reply(key, response, now), now, out)
                case Forget(request):
                    self._route(self._layer.forget(request), now, out)
                case _:
                    out.append(command)
        self._agenda.set(call.call_key, call.deadline())
        self._retire(call)

    def _retire(self, call: Call) -> None:
        """Forget a call that is over once no transaction of it is left."""
        key = call.call_key
        if not call.over or self._open.get(key, 0) or key not in self._calls:
            return
        del self._calls[key], self._open[key]
        names = call.call_id, call.local_tag
        if self._by_dialog.get(names) == key:  # a call that was sent on has left them to the next
            del self._by_dialog[names]
        if isinstance(call, ArrivedCall):
            self._arriving.pop(_merge_key(call.invite), None)
        self._agenda.set(key, None)

    # Network

    def _received(self, event: Received, now: float, out: list[Command]) -> None:
        message = event.message
        try:
            parsed: Message = parse_datagram(message) if isinstance(message, bytes) else message
            if isinstance(parsed, Request):
                if self._is_uninvited(parsed, event, now):
                    self.turned_away += 1
                    return
                arrived = self._layer.receive_request(parsed, event.source, event.transport, now)
            else:
                arrived = self._layer.receive_response(parsed, now)
            self._route(arrived, now, out)
        except SipParseError:
            self.dropped += 1

    def _is_uninvited(self, request: Request, event: Received, now: float) -> bool:
        """Whether this is a new call, or a request of no call of ours, that the gate keeps out."""
        dialog = (request.call_id, request.to.tag)
        if request.method == "ACK" or dialog in self._by_dialog:
            return False
        arrived = with_received(request, event.source.host, event.source.port)
        keys = [server_key(arrived)]
        if request.method == "CANCEL":
            keys.append(server_key(arrived, "INVITE"))
        known = any(self._layer.knows(key) for key in keys)
        return not known and not self._gate.admits(event.source.host, now)

    def _route(self, outputs: list[LayerOutput], now: float, out: list[Command]) -> None:
        for output in outputs:
            match output:
                case SendTo():
                    out.append(output)
                case ToCall(call_key, event):
                    self._give(call_key, event, now, out)
                case Finished(call_key):
                    self._finished(call_key)
                case Unclaimed(event):
                    self._unclaimed(event, now, out)

    def _finished(self, call_key: str) -> None:
        if call_key in self._open:
            self._open[call_key] -= 1
            self._retire(self._calls[call_key])

    def _unclaimed(
        self, event: RequestArrived | ResponseArrived, now: float, out: list[Command]
    ) -> None:
        if isinstance(event, ResponseArrived):
            # A 2xx can outlive its transaction and must be acknowledged still (§13.2.2.4).
            response = event.response
            if response.cseq.method == "INVITE" and 200 <= response.status < 300:
                key = self._by_dialog.get((response.call_id, response.from_.tag), "")
                self._give(key, event, now, out)
            return
        request = event.request
        if request.method == "CANCEL":
            self._cancel(event, now, out)
            return
        to_tag = request.to.tag
        call_key = self._by_dialog.get((request.call_id, to_tag), "") if to_tag else ""
        if call_key:
            self._claim(event.key, call_key)
            self._give(call_key, event, now, out)
        elif request.method != "ACK":
            self._stray(event, now, out)

    def _claim(self, key: str, call_key: str) -> None:
        if key:
            self._layer.claim(key, call_key)
            self._open[call_key] += 1

    def _cancel(self, event: RequestArrived, now: float, out: list[Command]) -> None:
        """Answer a CANCEL by whether its INVITE is known, then tell the call (§9.2)."""
        call_key = self._layer.owner(server_key(event.request, "INVITE"))
        self._answer(event, 200 if call_key else 481, now, out)
        if call_key:
            self._give(call_key, event, now, out)

    def _stray(self, event: RequestArrived, now: float, out: list[Command]) -> None:
        """A request outside any dialog of ours."""
        request = event.request
        if request.method not in ALLOWED:
            self._answer(event, 405, now, out)
        elif request.to.tag or request.method not in {"INVITE", "OPTIONS"}:
            self._answer(event, 481, now, out)
        elif request.method == "OPTIONS":
            fields = (*self._stack.abilities(), ("Accept", SDP_TYPE))
            self._answer(event, 200, now, out, fields)
        else:
            self._invited(event, now, out)

    def _invited(self, event: RequestArrived, now: float, out: list[Command]) -> None:
        request = event.request
        refused = self._refusal(request, event.source.host)
        if refused is not None:
            self._answer(event, refused[0], now, out, refused[1])
            return
        replaced, unwanted = self._replaced(event)
        if unwanted is not None:
            self._answer(event, unwanted, now, out)
            return
        self._answer(event, 100, now, out)
        call = ArrivedCall(f"in-{self._stack.tokens('call')}", event, self._stack, replaced)
        self._add(call)
        self._arriving[_merge_key(request)] = call.call_key
        self._claim(event.key, call.call_key)
        self._run(call, call.start(now), now, out)

    def _replaced(self, event: RequestArrived) -> tuple[str, int | None]:
        """The call that an INVITE takes the place of, "" for none; or why it may not."""
        try:
            wanted = read_replaces(event.request.headers)
        except SipParseError:
            return "", 400
        if wanted is None:
            return "", None
        key = self._by_dialog.get((wanted.call_id, wanted.to_tag), "")
        call = self._calls.get(key)
        if call is None or isinstance(call, _NO_DIALOG):
            return "", 481
        standing = call.standing(wanted.from_tag)
        same = call.peer_host == event.source.host
        return key, refusal(standing, early_only=wanted.early_only, same_party=same)

    def _refusal(self, request: Request, source: str) -> tuple[int, Fields] | None:
        """Why an INVITE is refused before anyone is told (§8.2.1-8.2.3)."""
        if not _is_uri(request.uri):
            return 416, ()
        if _merge_key(request) in self._arriving:
            return 482, ()
        if is_too_short(request.headers):
            return 422, (("Min-SE", str(MIN_SE_S)),)
        supported = self._stack.config.supported
        unknown = [tag for tag in request.headers.listed("Require") if tag not in supported]
        if unknown:
            return 420, (("Unsupported", ", ".join(unknown)),)
        return self._unable(request, source)

    def _unable(self, request: Request, source: str) -> tuple[int, Fields] | None:
        kind = (request.headers.get("Content-Type") or SDP_TYPE).partition(";")[0].strip().lower()
        if request.body and kind != SDP_TYPE:
            return 415, (("Accept", SDP_TYPE),)
        # Strangers who never acknowledge a refusal are kept for half a minute: that shuts out none
        # of those who are known.
        if len(self._calls) >= self._stack.config.max_calls and not self._gate.knows(source):
            return 503, (("Retry-After", "5"),)
        return None

    def _answer(
        self,
        event: RequestArrived,
        status: int,
        now: float,
        out: list[Command],
        fields: Fields = (),
    ) -> None:
        tag = "" if status == 100 else self._stack.tokens("tag")
        response = self._stack.response(event.request, status, to_tag=tag, extra=fields)
        self._route(self._layer.reply(event.key, response, now), now, out)


def _is_uri(text: str) -> bool:
    try:
        parse_uri(text)
    except SipParseError:
        return False
    return True


def _merge_key(request: Request) -> tuple[str, str, int]:
    """What two copies of one INVITE by different ways have in common (§8.2.2.2)."""
    return request.call_id, request.from_.tag, request.cseq.number
