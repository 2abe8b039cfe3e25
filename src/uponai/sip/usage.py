"""An answered call, on either side: re-INVITE, UPDATE, INFO, BYE both ways (RFC 3261 §13-15).

What we ask of the far side beyond BYE is the ``Asker``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from uponai.sip.asking import Asker
from uponai.sip.auth import Authenticator
from uponai.sip.commands import (
    Cause,
    Confirmed,
    DtmfReceived,
    Failed,
    HungUp,
    Lost,
    MediaChanged,
    Referred,
    ReferState,
    RemoteHungUp,
    SendTo,
)
from uponai.sip.dialog import Dialog
from uponai.sip.errors import SdpMismatchError, SipParseError, SipStateError
from uponai.sip.events import Hold, Refer, SendKey
from uponai.sip.exchange import CallCommand, OpenTransaction, Reply, RequestArrived
from uponai.sip.headers import Headers, parse_reasons
from uponai.sip.hop import Hop, dialog_hop
from uponai.sip.keys import read_info
from uponai.sip.message import Request, Response, serialise
from uponai.sip.offer import OfferAnswer
from uponai.sip.refer import refer_fields
from uponai.sip.session import MIN_SE_S, granted, is_too_short, read_session_expires
from uponai.sip.stack import SDP_TYPE, Fields, Stack


class UsageState(Enum):
    """Where an answered call stands."""

    UNCONFIRMED = "unconfirmed"  # we answered, the ACK is still to come
    UP = "up"
    LEAVING = "leaving"  # to be ended as soon as the ACK has come (§15)
    ENDING = "ending"  # our BYE is on its way
    OVER = "over"


class UsageTrigger(Enum):
    """What moves it."""

    ACKED = "acked"
    NOT_ACKED = "not acked"
    HANG_UP = "hang up"
    GOT_BYE = "got BYE"
    BYE_DONE = "BYE done"


_S, _T = UsageState, UsageTrigger
USAGE_TABLE: dict[tuple[UsageState, UsageTrigger], UsageState] = {
    (_S.UNCONFIRMED, _T.ACKED): _S.UP,
    (_S.UNCONFIRMED, _T.NOT_ACKED): _S.ENDING,
    (_S.UNCONFIRMED, _T.HANG_UP): _S.LEAVING,
    (_S.UNCONFIRMED, _T.GOT_BYE): _S.OVER,
    (_S.UP, _T.ACKED): _S.UP,
    (_S.UP, _T.NOT_ACKED): _S.ENDING,
    (_S.UP, _T.HANG_UP): _S.ENDING,
    (_S.UP, _T.GOT_BYE): _S.OVER,
    (_S.LEAVING, _T.ACKED): _S.ENDING,
    (_S.LEAVING, _T.NOT_ACKED): _S.ENDING,
    (_S.LEAVING, _T.HANG_UP): _S.LEAVING,
    (_S.LEAVING, _T.GOT_BYE): _S.OVER,
    (_S.ENDING, _T.ACKED): _S.ENDING,
    (_S.ENDING, _T.NOT_ACKED): _S.ENDING,
    (_S.ENDING, _T.HANG_UP): _S.ENDING,
    (_S.ENDING, _T.GOT_BYE): _S.OVER,
    (_S.ENDING, _T.BYE_DONE): _S.OVER,
    (_S.OVER, _T.ACKED): _S.OVER,
    (_S.OVER, _T.HANG_UP): _S.OVER,
    (_S.OVER, _T.GOT_BYE): _S.OVER,
    (_S.OVER, _T.BYE_DONE): _S.OVER,
}


@dataclass(slots=True)
class _Unacked:
    """A 2xx to an INVITE that is repeated until its ACK comes (§13.3.1.4)."""

    key: str
    response: Response
    cseq: int
    offered: bool
    initial: bool
    interval_s: float
    again_at: float
    give_up_at: float


LastWord = HungUp | Failed | Lost


def refused_order(order: Hold | SendKey | Refer) -> list[CallCommand]:
    """The answer to an order for a call that does not stand."""
    if isinstance(order, Refer):
        return [Referred(order.call_key, ReferState.FAILED, 481, "the call does not stand")]
    return []


class InviteUsage:
    """The answered part of one call. ``dialog`` and ``media`` live here."""

    def __init__(
        self,
        call_key: str,
        stack: Stack,
        dialog: Dialog,
        peer: Hop,
        media: OfferAnswer,
        auth: Authenticator,
    ) -> None:
        self.call_key = call_key
        self.dialog = dialog
        self.media = media
        self.peer = peer
        self.auth = auth
        self.state = UsageState.UP
        self.asker = Asker(call_key, stack, media, auth, self._ask)
        self._acks: dict[int, SendTo] = {}
        self._stack = stack
        self._unacked: _Unacked | None = None
        self._last_word: LastWord = HungUp(call_key)
        self._bye_fields: Fields = ()

    @property
    def is_leaving(self) -> bool:
        """Whether the call is about to end, or over."""
        return self.state in {_S.LEAVING, _S.ENDING, _S.OVER}

    def hop(self) -> Hop:
        """Where the next in-dialog request goes."""
        dialog = self.dialog
        return dialog_hop(dialog.next_hop_uri, self.peer, routed=bool(dialog.route_set))

    def deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        waiting = self._unacked
        times = [self.asker.deadline()]
        if waiting is not None:
            times += [waiting.again_at, waiting.give_up_at]
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: float) -> list[CallCommand]:
        """Repeat the unconfirmed answer, refresh the session, or give the call up."""
        return [*self._tick_answer(now), *self._unless_gone(self.asker.tick(now))]

    def _tick_answer(self, now: float) -> list[CallCommand]:
        waiting = self._unacked
        if waiting is None:
            return []
        if now >= waiting.give_up_at:
            self._unacked = None
            if self.state in {_S.UNCONFIRMED, _S.UP}:
                self._last_word = Lost(self.call_key, Cause.NO_ACK, "no ACK for our answer")
            return self._move(_T.NOT_ACKED)
        if now < waiting.again_at:
            return []
        waiting.interval_s = min(waiting.interval_s * 2, self._stack.timers.t2_s)
        waiting.again_at = now + waiting.interval_s
        return [Reply(waiting.key, waiting.response)]

    def answered(
        self, key: str, request: Request, response: Response, now: float
    ) -> list[CallCommand]:
        """Send a 2xx to an INVITE and repeat it until the ACK comes."""
        timers = self._stack.timers
        initial = not request.to.tag
        if initial:
            self.state = UsageState.UNCONFIRMED
        self._unacked = _Unacked(
            key,
            response,
            request.cseq.number,
            not request.body,
            initial,
            timers.t1_s,
            now + timers.t1_s,
            now + timers.timeout_s,
        )
        return [Reply(key, response)]

    def hang_up(self, last_word: LastWord, fields: Fields = ()) -> list[CallCommand]:
        """Send BYE, at once or after the ACK; ``last_word`` is said when that is done."""
        if self.state in {_S.UNCONFIRMED, _S.UP}:
            self._last_word = last_word
            self._bye_fields = fields
        return self._move(_T.HANG_UP)

    # Requests of ours

    def order(self, order: Hold | SendKey | Refer, replaced: Dialog | None) -> list[CallCommand]:
        """Hold, a key, a transfer. ``replaced``: the dialog that the order's ``replaces`` names."""
        if self.state is not _S.UP:
            return refused_order(order)
        match order:
            case Hold():
                return self.asker.hold(order.on)
            case SendKey():
                return self.asker.key(order.digit, order.duration_ms)
            case Refer():
                fields = refer_fields(order, self.dialog, replaced)
                if fields is None:
                    text = "the call to be replaced does not stand"
                    return [Referred(self.call_key, ReferState.FAILED, 481, text)]
                return self.asker.refer(fields)

    def response(
        self, response: Response, request: Request | None, now: float
    ) -> list[CallCommand]:
        """A response to a request of ours within the dialog."""
        number, method = response.cseq
        if method == "BYE":
            return self.bye_answered(response)
        commands: list[CallCommand] = []
        if method == "INVITE" and 200 <= response.status < 300:
            if number in self._acks:
                return [self._acks[number]]
            if request is not None:
                self.dialog.refresh(response)
                commands.append(self._acknowledge(request))
        if self.state is not _S.UP:
            return commands
        return [*commands, *self._unless_gone(self.asker.answered(response, now))]

    def failed(self, request: Request) -> list[CallCommand]:
        """A request of ours got no answer."""
        if request.method == "BYE":
            return self.bye_failed()
        return self._unless_gone(self.asker.failed(request)) if self.state is _S.UP else []

    def begins(self, headers: Headers, now: float) -> None:
        """Our INVITE was answered with these fields."""
        self.asker.peer_updates = "UPDATE" in headers.listed("Allow")
        self.asker.timer.agree(read_session_expires(headers), as_uac=True, now=now)

    def session(self, headers: Headers, now: float) -> Fields:
        """Agree on the session timer that a request with these fields asks for."""
        agreed, fields = granted(headers)
        self.asker.peer_updates = "UPDATE" in headers.listed("Allow") or self.asker.peer_updates
        if agreed is not None or self.asker.timer.interval_s:
            self.asker.timer.agree(agreed, as_uac=False, now=now)
        return fields

    def _ask(self, method: str, fields: Fields, body: bytes) -> OpenTransaction:
        hop = self.hop()
        stack = self._stack
        if method in {"INVITE", "UPDATE", "REFER"}:
            fields = (stack.contact(hop.transport), *fields)
        fields = (stack.agent(), *self.auth.fields(method, self.dialog.request_uri), *fields)
        request = self.dialog.request(method, stack.via(hop.transport), extra=fields, body=body)
        return OpenTransaction(request, hop)

    def _acknowledge(self, invite: Request) -> SendTo:
        """The ACK of a 2xx carries the INVITE's credentials (§22.1)."""
        hop = self.hop()
        fields: Fields = (self._stack.agent(),)
        for name in ("Authorization", "Proxy-Authorization"):
            fields += tuple((name, value) for value in invite.headers.all(name))
        number = invite.cseq.number
        via = self._stack.via(hop.transport)
        ack = self.dialog.request("ACK", via, extra=fields, cseq=number)
        sent = SendTo(serialise(ack), hop.address, hop.transport, hop.flow)
        self._acks = {number: sent}
        return sent

    def _unless_gone(self, commands: list[CallCommand]) -> list[CallCommand]:
        if not self.asker.gone or self.state is not _S.UP:
            return commands
        self._last_word = Lost(self.call_key, Cause.GONE, "the far side has no such call")
        return [*commands, *self._move(_T.HANG_UP)]

    # Leaving

    def bye_answered(self, response: Response) -> list[CallCommand]:
        """A response to our BYE."""
        if response.status < 200 or self.state is not _S.ENDING:
            return []
        if response.status in {401, 407} and self.auth.learn(response):
            return [self._bye()]
        if isinstance(self._last_word, HungUp):
            self._last_word = HungUp(self.call_key, response.status)
        return self._move(_T.BYE_DONE)

    def bye_failed(self) -> list[CallCommand]:
        """Our BYE got no answer: the call is over all the same."""
        return self._move(_T.BYE_DONE) if self.state is _S.ENDING else []

    def request(self, event: RequestArrived, now: float) -> list[CallCommand]:
        """A request within the dialog."""
        request = event.request
        if request.method == "ACK":
            return self._ack(request)
        if not self.dialog.takes(request):
            return [self._reply(event, 500, extra=(("Retry-After", "5"),))]
        self._follow(event)
        if request.method in {"INVITE", "UPDATE"}:
            return self._reoffer(event, now)
        return self._other(event)

    def _follow(self, event: RequestArrived) -> None:
        """A NAT on the way may have given the far side another port, or it made a new connection.

        One that we made ourselves stays the way back: who is reached by it was proven.
        """
        transport, peer = event.hop.transport, self.peer
        came = transport is peer.transport and (not transport.is_reliable or peer.flow is not None)
        if came:
            self.peer = Hop(event.source, transport, peer.flow and event.source)

    def _other(self, event: RequestArrived) -> list[CallCommand]:
        request = event.request
        match request.method:
            case "BYE":
                news = self._got_bye(request)
            case "INFO":
                key = read_info(request)
                news = [] if key is None else [DtmfReceived(self.call_key, *key)]
            case "NOTIFY":
                code, news = self.asker.notified(event)
                return [self._reply(event, code), *news]
            case "OPTIONS":
                extra = (*self._stack.abilities(), ("Accept", SDP_TYPE))
                return [self._reply(event, 200, extra=extra)]
            case _:
                return [self._reply(event, 405)]
        return [self._reply(event, 200), *news]

    def _reply(
        self, event: RequestArrived, status: int, *, extra: Fields = (), body: bytes = b""
    ) -> Reply:
        return Reply(event.key, self._stack.response(event.request, status, extra=extra, body=body))

    def _move(self, trigger: UsageTrigger) -> list[CallCommand]:
        to = USAGE_TABLE.get((self.state, trigger))
        if to is None:
            raise SipStateError(f"answered call: {trigger.value} in {self.state.value}")
        came_from, self.state = self.state, to
        if to is came_from:
            return []
        if to in {_S.LEAVING, _S.ENDING, _S.OVER}:
            self.asker.stop()
        if to is _S.ENDING:
            self.auth.begin()
            return [self._bye()]
        if to is _S.OVER:
            self._unacked = None
            return [] if trigger is _T.GOT_BYE else [self._last_word]
        return []

    def _bye(self) -> OpenTransaction:
        hop = self.hop()
        fields = (self._stack.agent(), *self._bye_fields)
        fields += self.auth.fields("BYE", self.dialog.request_uri)
        bye = self.dialog.request("BYE", self._stack.via(hop.transport), extra=fields)
        return OpenTransaction(bye, hop)

    def _got_bye(self, request: Request) -> list[CallCommand]:
        was = self.state
        commands = self._move(_T.GOT_BYE)
        if was in {_S.UNCONFIRMED, _S.UP}:
            reasons = parse_reasons(request.headers)
            fields = tuple(request.headers)
            commands.append(RemoteHungUp(self.call_key, reasons.q850, reasons.text, fields))
        elif was is not _S.OVER:
            commands.append(self._last_word)
        return commands

    def _untimely(self, request: Request) -> tuple[int, Fields] | None:
        """Why an offer or refresh cannot be taken now."""
        if self.state is not _S.UP:
            return (481 if self.state is _S.OVER else 491), ()
        if self._unacked is not None:
            return 500, (("Retry-After", "2"),)
        if self.asker.offers and (request.method == "INVITE" or request.body):
            return 491, ()
        return (422, (("Min-SE", str(MIN_SE_S)),)) if is_too_short(request.headers) else None

    def _ack(self, request: Request) -> list[CallCommand]:
        waiting = self._unacked
        if waiting is None or request.cseq.number != waiting.cseq:
            return []
        self._unacked = None
        news: list[CallCommand] = []
        if waiting.offered:
            before = self.media.agreed
            try:
                agreed = self.media.accept(request.body)
            except (SipParseError, SdpMismatchError) as error:
                if self.state in {_S.UNCONFIRMED, _S.UP} and waiting.initial:
                    self._last_word = Lost(self.call_key, Cause.MEDIA, str(error))
                    self._move(_T.ACKED)
                    return self._move(_T.HANG_UP)
                return self._move(_T.ACKED)
            if not waiting.initial and agreed != before:
                news.append(MediaChanged(self.call_key, agreed))
        was = self.state
        commands = self._move(_T.ACKED)
        if was is _S.UNCONFIRMED and self.state is _S.UP and self.media.agreed is not None:
            news.append(Confirmed(self.call_key, self.media.agreed))
        return [*news, *commands]

    def _reoffer(self, event: RequestArrived, now: float) -> list[CallCommand]:
        """A re-INVITE or UPDATE: answer with what we speak now (RFC 3261 §14.2, RFC 3311)."""
        request = event.request
        is_invite = request.method == "INVITE"
        refusal = self._untimely(request)
        if refusal is not None:
            return [self._reply(event, refusal[0], extra=refusal[1])]
        before = self.media.agreed
        try:
            if request.body:
                body = self.media.answer(request.body)
            else:
                body = self.media.offer() if is_invite else b""
        except SipParseError:
            return [self._reply(event, 400)]
        except SdpMismatchError:
            return [self._reply(event, 488)]
        self.dialog.refresh(request)
        session = self.session(request.headers, now)
        extra = (self._stack.contact(event.hop.transport), *self._stack.abilities(), *session)
        response = self._stack.response(request, 200, extra=extra, body=body)
        commands: list[CallCommand] = []
        if is_invite:
            commands += self.answered(event.key, request, response, now)
        else:
            commands.append(Reply(event.key, response))
        if self.media.agreed is not None and self.media.agreed != before:
            commands.append(MediaChanged(self.call_key, self.media.agreed))
        return commands
