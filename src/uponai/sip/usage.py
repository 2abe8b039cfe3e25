"""An answered call, on either side: re-INVITE, UPDATE, INFO, BYE both ways (RFC 3261 §13-15)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from uponai.sip.auth import Authenticator
from uponai.sip.commands import (
    Cause,
    Confirmed,
    DtmfReceived,
    Failed,
    HungUp,
    Lost,
    MediaChanged,
    RemoteHungUp,
)
from uponai.sip.dialog import Dialog
from uponai.sip.errors import SdpMismatchError, SipParseError, SipStateError
from uponai.sip.exchange import CallCommand, OpenTransaction, Reply, RequestArrived
from uponai.sip.headers import parse_reasons
from uponai.sip.hop import Hop, dialog_hop
from uponai.sip.message import Request, Response
from uponai.sip.offer import OfferAnswer
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


class InviteUsage:
    """The answered part of one call. ``dialog`` and ``media`` live here."""

    def __init__(
        self, call_key: str, stack: Stack, dialog: Dialog, peer: Hop, media: OfferAnswer
    ) -> None:
        self.call_key = call_key
        self.dialog = dialog
        self.media = media
        self.peer = peer
        self.auth = Authenticator(None, stack.tokens)
        self.state = UsageState.UP
        self._stack = stack
        self._unacked: _Unacked | None = None
        self._last_word: LastWord = HungUp(call_key)
        self._bye_fields: Fields = ()

    def hop(self) -> Hop:
        """Where the next in-dialog request goes."""
        dialog = self.dialog
        return dialog_hop(dialog.next_hop_uri, self.peer, routed=bool(dialog.route_set))

    def deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        waiting = self._unacked
        return None if waiting is None else min(waiting.again_at, waiting.give_up_at)

    def tick(self, now: float) -> list[CallCommand]:
        """Repeat the unconfirmed answer, or give the call up."""
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
        if request.method in {"INVITE", "UPDATE"}:
            return self._reoffer(event, now)
        match request.method:
            case "BYE":
                news = self._got_bye(request)
            case "INFO":
                news = self._dtmf(request)
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
        if self.state is not _S.UP:
            return [self._reply(event, 481 if self.state is _S.OVER else 491)]
        if self._unacked is not None:
            return [self._reply(event, 500, extra=(("Retry-After", "2"),))]
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
        extra = (self._stack.contact(event.hop.transport), *self._stack.abilities())
        response = self._stack.response(request, 200, extra=extra, body=body)
        commands: list[CallCommand] = []
        if is_invite:
            commands += self.answered(event.key, request, response, now)
        else:
            commands.append(Reply(event.key, response))
        if self.media.agreed is not None and self.media.agreed != before:
            commands.append(MediaChanged(self.call_key, self.media.agreed))
        return commands

    def _dtmf(self, request: Request) -> list[CallCommand]:
        kind = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        text = request.body[:200].decode("ascii", "replace").strip()
        digit, duration = text, "160"
        if kind == "application/dtmf-relay":
            pairs = [line.partition("=") for line in text.splitlines()]
            values = {name.strip().lower(): value.strip() for name, _, value in pairs}
            digit, duration = values.get("signal", ""), values.get("duration", duration)
        elif kind != "application/dtmf":
            return []
        if len(digit) != 1 or digit not in "0123456789*#ABCDabcd":
            return []
        known = duration.isascii() and duration.isdigit() and len(duration) <= 5
        return [DtmfReceived(self.call_key, digit.upper(), int(duration) if known else 160)]
