"""A call that comes to us, from the INVITE to our answer or refusal (RFC 3261 §13.3, §9.2)."""

from __future__ import annotations

from enum import Enum

from uponai.sip.auth import Authenticator
from uponai.sip.commands import Cause, Failed, HungUp, IncomingCall, Journal
from uponai.sip.dialog import Dialog
from uponai.sip.errors import SdpMismatchError, SipParseError, SipStateError
from uponai.sip.events import (
    Answer,
    CallOrder,
    HangUp,
    Hold,
    Refer,
    Reject,
    Ring,
    SendKey,
    TimerFired,
)
from uponai.sip.exchange import (
    CallCommand,
    NetworkEvent,
    Reply,
    RequestArrived,
    ResponseArrived,
    TransactionFailed,
)
from uponai.sip.headers import parse_reasons
from uponai.sip.hop import Hop
from uponai.sip.journal import DialogJournal
from uponai.sip.message import Request
from uponai.sip.offer import LocalMedia, OfferAnswer
from uponai.sip.reliable import ReliableRinging
from uponai.sip.replaces import Standing, standing_of
from uponai.sip.stack import Fields, Stack
from uponai.sip.usage import InviteUsage, UsageState, refused_order


class IncomingState(Enum):
    """Where a call that came in stands before and after our answer."""

    OFFERED = "offered"
    RINGING = "ringing"
    ANSWERED = "answered"  # the InviteUsage goes on
    OVER = "over"


class IncomingTrigger(Enum):
    """What moves it."""

    RING = "ring"
    ANSWER = "answer"
    REFUSE = "refuse"
    CANCEL = "CANCEL or BYE from the caller"


_S, _T = IncomingState, IncomingTrigger
INCOMING_TABLE: dict[tuple[IncomingState, IncomingTrigger], IncomingState] = {
    (_S.OFFERED, _T.RING): _S.RINGING,
    (_S.OFFERED, _T.ANSWER): _S.ANSWERED,
    (_S.OFFERED, _T.REFUSE): _S.OVER,
    (_S.OFFERED, _T.CANCEL): _S.OVER,
    (_S.RINGING, _T.RING): _S.RINGING,
    (_S.RINGING, _T.ANSWER): _S.ANSWERED,
    (_S.RINGING, _T.REFUSE): _S.OVER,
    (_S.RINGING, _T.CANCEL): _S.OVER,
    # A CANCEL that crosses our answer has no effect (§9.2), nor an order that crosses a CANCEL.
    (_S.ANSWERED, _T.RING): _S.ANSWERED,
    (_S.ANSWERED, _T.ANSWER): _S.ANSWERED,
    (_S.ANSWERED, _T.CANCEL): _S.ANSWERED,
    (_S.OVER, _T.RING): _S.OVER,
    (_S.OVER, _T.ANSWER): _S.OVER,
    (_S.OVER, _T.REFUSE): _S.OVER,
    (_S.OVER, _T.CANCEL): _S.OVER,
}


class ArrivedCall:
    """One call that came in. ``over`` once its last word is said.

    ``replaces`` is the key of the call whose place it takes.
    """

    def __init__(
        self, call_key: str, event: RequestArrived, stack: Stack, replaces: str = ""
    ) -> None:
        self.call_key = call_key
        self.invite: Request = event.request
        self.call_id = event.request.call_id
        self.local_tag = stack.tokens("tag")
        self.state = IncomingState.OFFERED
        self.usage: InviteUsage | None = None
        self._stack = stack = stack.towards(event.source.host)
        self._key = event.key
        self._hop = event.hop
        self._source = event.source
        self._media: OfferAnswer | None = None
        self._reliable = ReliableRinging(event.request, stack)
        self._held_answer: Answer | None = None
        self._replaces = replaces

    @property
    def over(self) -> bool:
        """Whether the last word has been said."""
        if self.usage is not None:
            return self.usage.state is UsageState.OVER
        return self.state is IncomingState.OVER

    @property
    def peer_host(self) -> str:
        """Whom the INVITE came from."""
        return self._source.host

    def standing(self, remote_tag: str) -> Standing | None:
        """How the dialog with this far tag stands. One that was not answered cannot be replaced:
        its caller, not we, began it (RFC 3891 §3).
        """
        usage = self.usage
        if usage is None:
            return None
        return standing_of(usage.dialog, remote_tag, leaving=usage.is_leaving)

    def deadline(self) -> float | None:
        """When TimerFired has something to do here."""
        if self.usage is not None:
            return self.usage.deadline()
        return None if self.over else self._reliable.deadline()

    def order(self, order: Hold | SendKey | Refer, replaced: Dialog | None) -> list[CallCommand]:
        """Something to ask of the far side of an answered call."""
        if self.usage is not None:
            return self.usage.order(order, replaced)
        return refused_order(order)

    def start(self, now: float) -> list[CallCommand]:
        """Tell the application."""
        _ = now
        hop, source = self._hop, self._source
        return [IncomingCall(self.call_key, self.invite, source, hop.transport, self._replaces)]

    def handle(self, event: NetworkEvent | CallOrder | TimerFired, now: float) -> list[CallCommand]:
        """Advance the call."""
        match event:
            case RequestArrived():
                return self._request(event, now)
            case TimerFired() if self.usage is None:
                return self._unacknowledged(now)
            case ResponseArrived() | TransactionFailed() | TimerFired():
                return [] if self.usage is None else self._answered(event, self.usage, now)
            case Ring() | Answer() | Reject() | HangUp():
                return self._ordered(event, now)
            case _:
                return []  # requests within the dialog go by ``order``

    def _unacknowledged(self, now: float) -> list[CallCommand]:
        """Repeat a reliable 1xx; without its PRACK the call cannot go on (RFC 3262 §3)."""
        if self.over:
            return []
        again = self._reliable.tick(now)
        if self._reliable.failed:
            return self._refuse(504, "", ())
        return [] if again is None else [Reply(self._key, again)]

    def _answered(
        self,
        event: ResponseArrived | TransactionFailed | TimerFired,
        usage: InviteUsage,
        now: float,
    ) -> list[CallCommand]:
        """What befalls our BYE and our unconfirmed answer."""
        match event:
            case ResponseArrived(response, request):
                return usage.response(response, request, now)
            case TransactionFailed():
                return usage.failed(event.request)
            case TimerFired():
                return usage.tick(now)

    def _ordered(self, order: Ring | Answer | Reject | HangUp, now: float) -> list[CallCommand]:
        match order:
            case Ring():
                return self._ring(order.media, now)
            case Answer():
                return self._answer(order, now)
            case Reject():
                return self._refuse(order.code, order.phrase, order.headers)
            case HangUp() if self.usage is not None:
                return self.usage.hang_up(HungUp(self.call_key), order.headers)
            case HangUp():
                return self._refuse(480, "", order.headers)

    def _move(self, trigger: IncomingTrigger) -> bool:
        """Take a step; True if the state changed."""
        to = INCOMING_TABLE.get((self.state, trigger))
        if to is None:
            raise SipStateError(f"incoming call: {trigger.value} in {self.state.value}")
        came_from, self.state = self.state, to
        return to is not came_from

    def _reply(
        self, status: int, *, extra: Fields = (), body: bytes = b"", phrase: str = ""
    ) -> Reply:
        tag = self.local_tag
        response = self._stack.response(
            self.invite, status, to_tag=tag, extra=extra, body=body, phrase=phrase
        )
        return Reply(self._key, response)

    def _own_fields(self) -> Fields:
        return (self._stack.contact(self._hop.transport), *self._stack.abilities())

    def _describe(self, local: LocalMedia) -> bytes:
        """Our SDP: the answer to the INVITE's offer, or an offer if it brought none."""
        local = self._stack.heard_at(local)
        if self._media is None or self._media.local != local:
            self._media = OfferAnswer(local)
        return self._media.answer(self.invite.body) if self.invite.body else self._media.offer()

    def _ring(self, local: LocalMedia | None, now: float) -> list[CallCommand]:
        self._move(_T.RING)
        if self.state is not _S.RINGING or self._reliable.waits:
            return []
        code, body = 180, b""
        if local is not None:
            try:
                code, body = 183, self._describe(local)
            except (SipParseError, SdpMismatchError):
                code, body = 180, b""
        extra = (*self._own_fields(), *self._reliable.fields())
        reply = self._reply(code, extra=extra, body=body)
        self._reliable.sent(reply.response, now)
        return [reply]

    def _answer(self, order: Answer, now: float) -> list[CallCommand]:
        if self.state in {_S.ANSWERED, _S.OVER}:
            return []
        if self._reliable.waits:
            self._held_answer = order
            return []
        try:
            body = self._describe(order.media)
        except (SipParseError, SdpMismatchError) as error:
            self._move(_T.REFUSE)
            word = Failed(self.call_key, Cause.MEDIA, 488, detail=str(error))
            return [self._reply(488), word]
        if self._media is None:
            raise SipStateError("incoming call answered without media")
        self._move(_T.ANSWER)
        dialog = Dialog.from_request(self.invite, self.local_tag)
        auth = Authenticator(None, self._stack.tokens)
        usage = InviteUsage(self.call_key, self._stack, dialog, self._peer(), self._media, auth)
        dialog.remote_cseq = self._reliable.cseq
        self.usage = usage
        extra = (*self._own_fields(), *usage.session(self.invite.headers, now), *order.headers)
        reply = self._reply(200, extra=extra, body=body)
        return [
            Journal(self._journal(dialog)),
            *usage.answered(self._key, self.invite, reply.response, now),
        ]

    def _peer(self) -> Hop:
        transport = self._hop.transport
        return Hop(self._source, transport, self._source if transport.is_reliable else None)

    def _journal(self, dialog: Dialog) -> DialogJournal:
        return DialogJournal(
            self.call_key,
            self.call_id,
            "callee",
            "confirmed",
            self.invite.uri,
            str(dialog.local),
            str(dialog.remote),
            self._stack.via(self._hop.transport),
            dialog.local_cseq,
            dialog.route_set,
            dialog.remote_target,
            self._source.host,
            self._source.port,
            self._hop.transport.value,
        )

    def _refuse(self, code: int, phrase: str, fields: Fields) -> list[CallCommand]:
        if self.state is _S.ANSWERED:
            return []
        if not self._move(_T.REFUSE):
            return []
        reply = self._reply(code, extra=fields, phrase=phrase)
        word = Failed(self.call_key, Cause.REJECTED, code, reply.response.phrase)
        return [reply, word]

    def _request(self, event: RequestArrived, now: float) -> list[CallCommand]:
        request = event.request
        if request.method == "CANCEL":
            return self._cancelled(request)
        if request.from_.tag != self.invite.from_.tag:
            # Of another dialog, if of any (RFC 3261 12.2.2).
            stray = Reply(event.key, self._stack.response(request, 481))
            return [] if request.method == "ACK" else [stray]
        if self.usage is not None:
            return self.usage.request(event, now)
        return self._unanswered(event, now)

    def _unanswered(self, event: RequestArrived, now: float) -> list[CallCommand]:
        """What the caller asks while nobody has answered yet, or nobody will."""
        request = event.request
        if request.method == "BYE":
            reply = Reply(event.key, self._stack.response(request, 200))
            return [reply, *self._cancelled(request)]
        if request.method == "ACK":
            return []
        if request.method == "PRACK":
            code = self._reliable.acknowledged(request)
            reply = Reply(event.key, self._stack.response(request, code))
            held, self._held_answer = self._held_answer, None
            answer = [] if held is None or self.over else self._answer(held, now)
            return [reply, *answer]
        code = 491 if request.method in {"INVITE", "UPDATE"} and not self.over else 481
        return [Reply(event.key, self._stack.response(request, code))]

    def _cancelled(self, request: Request) -> list[CallCommand]:
        """The caller gives up before our answer; its CANCEL itself was answered already."""
        if not self._move(_T.CANCEL):
            return []
        reasons = parse_reasons(request.headers)
        word = Failed(self.call_key, Cause.CALLER_CANCELLED, 487, "", reasons.q850, reasons.text)
        return [self._reply(487), word]
