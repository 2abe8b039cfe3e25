"""A call that we place, from the INVITE to its answer or failure (RFC 3261 §13.2, §9.1)."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from uponai.sip.auth import Authenticator
from uponai.sip.commands import (
    Answered,
    Cause,
    Failed,
    HungUp,
    Journal,
    Lost,
    MediaChanged,
    Ringing,
    SendTo,
)
from uponai.sip.dialog import Dialog, contact_uri
from uponai.sip.digest import Credentials
from uponai.sip.early import EarlyDialogs
from uponai.sip.errors import SdpMismatchError, SipParseError, SipStateError
from uponai.sip.events import CallOrder, HangUp, Hold, PlaceCall, Refer, SendKey, TimerFired
from uponai.sip.exchange import (
    CallCommand,
    Forget,
    NetworkEvent,
    OpenTransaction,
    Reply,
    RequestArrived,
    ResponseArrived,
    TransactionFailed,
)
from uponai.sip.headers import Headers, NameAddr, parse_reasons
from uponai.sip.hop import Hop
from uponai.sip.journal import DialogJournal, dialog_from, invite_from
from uponai.sip.message import Request, Response, cancel_for, serialise
from uponai.sip.offer import LocalMedia, OfferAnswer
from uponai.sip.redirect import contacts_of
from uponai.sip.replaces import Standing, standing_of
from uponai.sip.session import MIN_SE_S, read_min_se
from uponai.sip.stack import SDP_TYPE, Fields, Stack
from uponai.sip.usage import InviteUsage, UsageState, refused_order


class OutgoingState(Enum):
    """Where an unanswered call of ours stands."""

    CALLING = "calling"  # INVITE sent, nothing heard
    PROCEEDING = "proceeding"
    CANCEL_WAIT = "cancel wait"  # given up, but CANCEL may only follow a 1xx (§9.1)
    CANCELLING = "cancelling"
    ANSWERED = "answered"  # the InviteUsage goes on
    OVER = "over"


class OutgoingTrigger(Enum):
    """What moves it."""

    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    CHALLENGE = "401 or 407 that we can answer"
    REFUSAL = "final 3xx-6xx"
    NO_ANSWER = "silence or transport error"
    GIVE_UP = "ring timeout or hang-up"
    CANCEL_LIMIT = "64*T1 after CANCEL"
    GOT_BYE = "BYE"


_S, _T = OutgoingState, OutgoingTrigger
OUTGOING_TABLE: dict[tuple[OutgoingState, OutgoingTrigger], OutgoingState] = {
    (_S.CALLING, _T.PROVISIONAL): _S.PROCEEDING,
    (_S.CALLING, _T.SUCCESS): _S.ANSWERED,
    (_S.CALLING, _T.CHALLENGE): _S.CALLING,
    (_S.CALLING, _T.REFUSAL): _S.OVER,
    (_S.CALLING, _T.NO_ANSWER): _S.OVER,
    (_S.CALLING, _T.GIVE_UP): _S.CANCEL_WAIT,
    (_S.CALLING, _T.GOT_BYE): _S.OVER,
    (_S.PROCEEDING, _T.PROVISIONAL): _S.PROCEEDING,
    (_S.PROCEEDING, _T.SUCCESS): _S.ANSWERED,
    (_S.PROCEEDING, _T.CHALLENGE): _S.CALLING,
    (_S.PROCEEDING, _T.REFUSAL): _S.OVER,
    (_S.PROCEEDING, _T.GIVE_UP): _S.CANCELLING,
    (_S.PROCEEDING, _T.GOT_BYE): _S.OVER,
    (_S.CANCEL_WAIT, _T.PROVISIONAL): _S.CANCELLING,
    (_S.CANCEL_WAIT, _T.SUCCESS): _S.ANSWERED,
    (_S.CANCEL_WAIT, _T.CHALLENGE): _S.OVER,
    (_S.CANCEL_WAIT, _T.REFUSAL): _S.OVER,
    (_S.CANCEL_WAIT, _T.NO_ANSWER): _S.OVER,
    (_S.CANCEL_WAIT, _T.GIVE_UP): _S.CANCEL_WAIT,
    (_S.CANCEL_WAIT, _T.GOT_BYE): _S.OVER,
    (_S.CANCELLING, _T.PROVISIONAL): _S.CANCELLING,
    (_S.CANCELLING, _T.SUCCESS): _S.ANSWERED,
    (_S.CANCELLING, _T.CHALLENGE): _S.OVER,
    (_S.CANCELLING, _T.REFUSAL): _S.OVER,
    (_S.CANCELLING, _T.GIVE_UP): _S.CANCELLING,
    (_S.CANCELLING, _T.CANCEL_LIMIT): _S.OVER,
    (_S.CANCELLING, _T.GOT_BYE): _S.OVER,
    (_S.ANSWERED, _T.SUCCESS): _S.ANSWERED,
    (_S.OVER, _T.SUCCESS): _S.OVER,
    (_S.OVER, _T.PROVISIONAL): _S.OVER,
    (_S.OVER, _T.GIVE_UP): _S.OVER,
    (_S.OVER, _T.GOT_BYE): _S.OVER,
}

_GIVING_UP = frozenset({_S.CANCEL_WAIT, _S.CANCELLING})


class OutgoingCall:
    """One placed call. ``over`` once its last word is said."""

    def __init__(self, order: PlaceCall, stack: Stack) -> None:
        stack = stack.towards(order.destination.host).reached_by(order.tls_port)
        self.call_key = order.call_key
        self.call_id = order.call_id
        former = order.follows
        self.local_tag = former.local_tag if former is not None else stack.tokens("tag")
        self.state = OutgoingState.CALLING
        self.usage: InviteUsage | None = None
        self._order = order
        self._stack = stack
        self._hop = Hop(order.destination, order.transport)
        self._media = OfferAnswer(stack.heard_at(order.media))
        realms = former.realms if former is not None else None
        self._auth = Authenticator(order.credentials, stack.tokens, realms)
        self._early = EarlyDialogs(stack, self._media, self._auth, self._hop)
        self._cseq = former.cseq if former is not None else 0
        self._min_se_s = MIN_SE_S
        self._invite: Request | None = None
        self._journal: DialogJournal | None = None
        self._acks: dict[str, SendTo] = {}
        self._give_up_cause = Cause.CANCELLED
        self._alarm: float | None = None

    @classmethod
    def orphan(cls, journal: DialogJournal, order: PlaceCall, stack: Stack) -> OutgoingCall:
        """A call of an earlier life, to be ended. ``order`` repeats what of it is still needed."""
        call = cls(order, stack)
        call._journal = journal
        call._hop = journal.hop
        call._cseq = journal.cseq
        call._give_up_cause = Cause.ORPHAN
        dialog = dialog_from(journal)
        call.local_tag = dialog.local.tag
        call._invite = invite_from(journal)
        if journal.phase == "confirmed":
            call._confirm(dialog)
        return call

    @property
    def over(self) -> bool:
        """Whether the last word has been said."""
        if self.usage is not None:
            return self.usage.state is UsageState.OVER
        return self.state is OutgoingState.OVER

    @property
    def peer_host(self) -> str:
        """Whom the INVITE went to."""
        return self._hop.address.host

    def standing(self, remote_tag: str) -> Standing | None:
        """How the dialog with this far tag stands, None where there is none."""
        usage = self.usage
        if usage is not None:
            return standing_of(usage.dialog, remote_tag, leaving=usage.is_leaving)
        rings = self.state is _S.PROCEEDING and self._early.dialog(remote_tag) is not None
        return Standing.EARLY if rings else None

    def deadline(self) -> float | None:
        """When TimerFired has something to do here."""
        times = [self._alarm, self.usage.deadline() if self.usage else None]
        return min((time for time in times if time is not None), default=None)

    def start(self, now: float) -> list[CallCommand]:
        """Send the INVITE, its journal entry before it."""
        self._alarm = now + self._order.ring_timeout_s
        return self._send_invite()

    def end_orphan(self, now: float) -> list[CallCommand]:
        """Take the orphan's dialog up again and end it."""
        if self.usage is not None:
            detail = "ended after a restart"
            return self.usage.hang_up(Lost(self.call_key, Cause.ORPHAN, detail))
        self.state = OutgoingState.PROCEEDING
        invite = self._need_invite()
        adopted = OpenTransaction(invite, self._hop, adopt=True)
        return [adopted, *self._move(_T.GIVE_UP, now)]

    def order(self, order: Hold | SendKey | Refer, replaced: Dialog | None) -> list[CallCommand]:
        """Something to ask of the far side of an answered call."""
        if self.usage is not None:
            return self.usage.order(order, replaced)
        return refused_order(order)

    def handle(self, event: NetworkEvent | CallOrder | TimerFired, now: float) -> list[CallCommand]:
        """Advance the call."""
        match event:
            case ResponseArrived(response, request):
                return self._response(response, request, now)
            case RequestArrived():
                return self._request(event, now)
            case TransactionFailed():
                return self._failed(event, now)
            case TimerFired():
                return self._tick(now)
            case HangUp():
                return self._hang_up(event, now)
            case _:
                return []  # Ring, Answer and Reject are for calls that came in

    def _need_invite(self) -> Request:
        if self._invite is None:
            raise SipStateError("outgoing call without an INVITE")
        return self._invite

    def _move(self, trigger: OutgoingTrigger, now: float) -> list[CallCommand]:
        to = OUTGOING_TABLE.get((self.state, trigger))
        if to is None:
            raise SipStateError(f"outgoing call: {trigger.value} in {self.state.value}")
        came_from, self.state = self.state, to
        if to is OutgoingState.OVER and came_from is not to:
            self._alarm = None
        if to is OutgoingState.CANCELLING and came_from is not to:
            # Without a final answer 64*T1 after CANCEL the INVITE counts as dead (§9.1).
            self._alarm = now + self._stack.timers.timeout_s
            return [OpenTransaction(cancel_for(self._need_invite()), self._hop)]
        return []

    # The INVITE

    def _send_invite(self) -> list[CallCommand]:
        order, stack = self._order, self._stack
        self._cseq += 1
        items = [("Via", stack.via(order.transport)), ("Max-Forwards", "70")]
        items += [("Route", route) for route in order.route]
        items += [
            ("From", str(order.caller.with_tag(self.local_tag))),
            ("To", str((order.callee or NameAddr(order.target)).without_tag())),
            ("Call-ID", self.call_id),
            ("CSeq", f"{self._cseq} INVITE"),
            stack.contact(order.transport),
            *stack.abilities(),
            *stack.session(self._min_se_s),
            stack.agent(),
            *self._auth.fields("INVITE", order.target),
            *order.headers,
            ("Content-Type", SDP_TYPE),
        ]
        invite = Request("INVITE", order.target, Headers(items), self._media.offer())
        self._invite = invite
        self._journal = DialogJournal(
            self.call_key,
            self.call_id,
            "caller",
            "inviting",
            order.target,
            str(invite.from_),
            str(invite.to),
            str(invite.via),
            self._cseq,
            order.route,
            "",
            order.destination.host,
            order.destination.port,
            order.transport.value,
            order.server_name,
        )
        return [Journal(self._journal), OpenTransaction(invite, self._hop)]

    def _usage_of(self, request: Request | None) -> InviteUsage | None:
        """The answered call, if this request of ours is of it and not of a second phone's."""
        usage = self.usage
        if usage is None or request is None or request.to.tag != usage.dialog.remote.tag:
            return None
        return usage

    def _response(
        self, response: Response, request: Request | None, now: float
    ) -> list[CallCommand]:
        number, method = response.cseq
        if method != "INVITE" or number != self._cseq:
            usage = self._usage_of(request) or (self.usage if request is None else None)
            return [] if usage is None else usage.response(response, request, now)
        if response.status < 200:
            return self._provisional(response, now)
        if response.status < 300:
            return self._success(response, now)
        if self.state in {_S.ANSWERED, _S.OVER}:
            return []
        return self._refused(response, now)

    def _provisional(self, response: Response, now: float) -> list[CallCommand]:
        if self.state in {_S.ANSWERED, _S.OVER}:
            return []
        commands = self._move(_T.PROVISIONAL, now)
        if self.state is not _S.PROCEEDING or response.status == 100:
            return commands
        is_news, prack = self._early.hear(self._need_invite(), response)
        if not is_news:
            return commands
        if response.to.tag and self._journal is not None and self._journal.phase == "inviting":
            self._journal = replace(
                self._journal,
                phase="early",
                remote=str(response.to),
                remote_target=contact_uri(response),
            )
            commands.append(Journal(self._journal))
        if prack is not None:
            commands.append(prack)
        media = self._early.media(response.to.tag) if response.body else None
        return [*commands, Ringing(self.call_key, response.status, media)]

    def _refused(self, response: Response, now: float) -> list[CallCommand]:
        if response.status in {401, 407} and self._auth.learn(response):
            commands = self._move(_T.CHALLENGE, now)
            if self.state is _S.CALLING:
                return [*commands, *self._send_invite()]
            return [*commands, self._failed_word(response=response)]
        if response.status == 422 and self.state not in _GIVING_UP and self._min_se_s == MIN_SE_S:
            self._min_se_s = max(read_min_se(response.headers), MIN_SE_S + 1)
            return [*self._move(_T.CHALLENGE, now), *self._send_invite()]
        was = self.state
        commands = self._move(_T.REFUSAL, now)
        gave_up = was in _GIVING_UP
        return [
            *commands,
            self._failed_word(None if gave_up else Cause.CODE, response=response),
        ]

    def _failed_word(
        self, cause: Cause | None = None, detail: str = "", response: Response | None = None
    ) -> Failed:
        cause = cause or self._give_up_cause
        if response is None:
            return Failed(self.call_key, cause, detail=detail)
        reasons = parse_reasons(response.headers)
        return Failed(
            self.call_key,
            cause,
            response.status,
            response.phrase,
            reasons.q850,
            reasons.text,
            detail,
            contacts_of(response) if cause is Cause.CODE else (),
            self._auth.asked,
        )

    # The answer

    def _success(self, response: Response, now: float) -> list[CallCommand]:
        tag = response.to.tag
        known = self._acks.get(tag)
        if known is not None:
            return [known]  # the 2xx came again, so our ACK was lost (§13.2.2.4)
        if self.usage is not None and self.usage.dialog.remote.tag == tag:
            return [self._ack(self.usage)]
        dialog = self._dialog(response)
        if self.state in {_S.ANSWERED, _S.OVER}:
            return self._refuse_fork(dialog)
        gave_up = self.state in _GIVING_UP
        commands = self._move(_T.SUCCESS, now)
        self._alarm = None
        usage = self._confirm(dialog)
        if self._journal is not None:
            self._journal = replace(
                self._journal,
                phase="confirmed",
                remote=str(dialog.remote),
                route=dialog.route_set,
                remote_target=dialog.remote_target,
            )
            commands.append(Journal(self._journal))
        commands.append(self._ack(usage))
        if gave_up:
            word = self._failed_word(None, "answered as we gave up", response)
            return [*commands, *usage.hang_up(word)]
        usage.begins(response.headers, now)
        try:
            early = self._early.media(tag)
            agreed = self._media.accept(response.body) if response.body else early
        except (SipParseError, SdpMismatchError) as error:
            agreed = None
            detail = str(error)
        else:
            detail = "the answer describes no audio"
        if agreed is None:
            word = self._failed_word(Cause.MEDIA, detail, response)
            return [*commands, *usage.hang_up(word)]
        return [*commands, Answered(self.call_key, agreed, tuple(response.headers))]

    def _dialog(self, response: Response) -> Dialog:
        dialog = Dialog.from_response(self._need_invite(), response)
        early = self._early.dialog(response.to.tag)
        if early is not None:
            # PRACK and UPDATE have used numbers of both sides.
            dialog.local_cseq, dialog.remote_cseq = early.local_cseq, early.remote_cseq
        return dialog

    def _confirm(self, dialog: Dialog) -> InviteUsage:
        usage = InviteUsage(self.call_key, self._stack, dialog, self._hop, self._media, self._auth)
        usage.asker.owns_call_id = True
        self.usage = usage
        self.state = OutgoingState.ANSWERED
        return usage

    def _ack(self, usage: InviteUsage) -> SendTo:
        ack = self._build_ack(usage.dialog, usage.hop())
        self._acks[usage.dialog.remote.tag] = ack
        return ack

    def _build_ack(self, dialog: Dialog, hop: Hop) -> SendTo:
        """The ACK of a 2xx carries the INVITE's credentials (§22.1)."""
        fields: Fields = (self._stack.agent(),)
        if self._invite is not None:
            for name in ("Authorization", "Proxy-Authorization"):
                fields += tuple((name, value) for value in self._invite.headers.all(name))
        via = self._stack.via(hop.transport)
        ack = dialog.request("ACK", via, extra=fields, cseq=self._cseq)
        return SendTo(serialise(ack), hop.address, hop.transport, hop.flow)

    def _refuse_fork(self, dialog: Dialog) -> list[CallCommand]:
        """A second phone answered, or one after we stopped waiting: ACK and BYE (§13.2.2.4)."""
        auth = self._auth
        fork = InviteUsage(self.call_key, self._stack, dialog, self._hop, self._media, auth)
        ack = self._ack(fork)
        return [ack, *fork.hang_up(HungUp(self.call_key))]

    # Everything else

    def _request(self, event: RequestArrived, now: float) -> list[CallCommand]:
        if self.usage is not None and event.request.from_.tag == self.usage.dialog.remote.tag:
            return self.usage.request(event, now)
        request = event.request
        if request.method == "ACK":
            return []
        if request.method == "BYE" and self.usage is None:
            was = self.state
            reply = Reply(event.key, self._stack.response(request, 200))
            commands = [reply, *self._move(_T.GOT_BYE, now)]
            if was is _S.OVER:
                return commands
            cause = self._give_up_cause if was in _GIVING_UP else Cause.ENDED_EARLY
            return [*commands, Forget(self._need_invite()), self._failed_word(cause)]
        if request.method == "UPDATE" and self.usage is None:
            return self._early_update(event)
        return [Reply(event.key, self._stack.response(request, 481))]

    def _early_update(self, event: RequestArrived) -> list[CallCommand]:
        code, body, media = self._early.offered(event.request)
        extra = (self._stack.contact(event.hop.transport), *self._stack.abilities())
        reply = Reply(event.key, self._stack.response(event.request, code, extra=extra, body=body))
        return [reply] if media is None else [reply, MediaChanged(self.call_key, media)]

    def _failed(self, event: TransactionFailed, now: float) -> list[CallCommand]:
        if event.request.cseq != (self._cseq, "INVITE"):
            # A lost CANCEL is covered by the limit that runs beside it.
            usage = self._usage_of(event.request)
            return [] if usage is None else usage.failed(event.request)
        if self.state not in {_S.CALLING, _S.CANCEL_WAIT}:
            return []
        commands = self._move(_T.NO_ANSWER, now)
        if not event.broken:
            return [*commands, self._failed_word(Cause.TIMEOUT, "no answer to INVITE")]
        cause = Cause.BROKEN if event.may_have_left else Cause.TRANSPORT
        return [*commands, self._failed_word(cause, event.detail)]

    def _hang_up(self, event: HangUp, now: float) -> list[CallCommand]:
        if self.usage is not None:
            return self.usage.hang_up(HungUp(self.call_key), event.headers)
        return self._give_up(Cause.CANCELLED, now)

    def _give_up(self, cause: Cause, now: float) -> list[CallCommand]:
        if self.state in {_S.CALLING, _S.PROCEEDING}:
            self._give_up_cause = cause
            self._alarm = None
        return self._move(_T.GIVE_UP, now)

    def _tick(self, now: float) -> list[CallCommand]:
        commands = self.usage.tick(now) if self.usage is not None else []
        if self._alarm is None or now < self._alarm:
            return commands
        self._alarm = None
        if self.state is _S.CANCELLING:
            commands += self._move(_T.CANCEL_LIMIT, now)
            word = self._failed_word(None, "no final answer after CANCEL")
            return [*commands, Forget(self._need_invite()), word]
        return [*commands, *self._give_up(Cause.RING_TIMEOUT, now)]


def orphan_order(
    journal: DialogJournal, media: LocalMedia, credentials: Credentials | None
) -> PlaceCall:
    """The part of a PlaceCall that ending an orphan still needs."""
    hop = journal.hop
    return PlaceCall(
        journal.call_key,
        journal.call_id,
        journal.target,
        hop.address,
        hop.transport,
        NameAddr(journal.target),
        media,
        credentials=credentials,
    )
