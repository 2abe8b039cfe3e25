"""The four transaction machines of RFC 3261 §17, with the Accepted states of RFC 6026.

One class runs them all; what differs between them is ``TABLE``. A transaction knows neither
addresses nor calls: it is given triggers and gives back bytes to send and things to pass up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from uponai.sip.errors import SipStateError
from uponai.sip.message import Request, Response, ack_for, serialise


class Kind(Enum):
    """Which side of which exchange."""

    INVITE_CLIENT = "invite client"
    CLIENT = "client"
    INVITE_SERVER = "invite server"
    SERVER = "server"


class State(Enum):
    """States of all four kinds, by the names of RFC 3261 and RFC 6026."""

    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


class Timer(Enum):
    """Timers by their letters (RFC 3261 table 4, RFC 6026 §7)."""

    A = "A"
    B = "B"
    D = "D"
    E = "E"
    F = "F"
    G = "G"
    H = "H"
    I = "I"  # noqa: E741 - the letter is the RFC's name
    J = "J"
    K = "K"
    L = "L"
    M = "M"


class Trigger(Enum):
    """What can happen to a transaction."""

    START = "start"
    GOT_PROVISIONAL = "got 1xx"
    GOT_SUCCESS = "got 2xx"
    GOT_FAILURE = "got 3xx-6xx"
    GOT_REQUEST = "got the request (again)"
    GOT_ACK = "got ACK"
    REPLY_PROVISIONAL = "reply 1xx"
    REPLY_SUCCESS = "reply 2xx"
    REPLY_FAILURE = "reply 3xx-6xx"
    BROKEN = "transport error"
    TIMER_A = "A"
    TIMER_B = "B"
    TIMER_D = "D"
    TIMER_E = "E"
    TIMER_F = "F"
    TIMER_G = "G"
    TIMER_H = "H"
    TIMER_I = "I"
    TIMER_J = "J"
    TIMER_K = "K"
    TIMER_L = "L"
    TIMER_M = "M"


class Act(Enum):
    """What a transaction does on a step."""

    SEND = "send the request"
    ACK = "send ACK"
    PASS = "pass the message up"
    REPLY = "send the response, and keep it"
    REPEAT = "send the kept response again"
    TELL_TIMEOUT = "tell that no answer came"
    TELL_BROKEN = "tell that sending failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One row: the next state, what is done, which timers start and which go on.

    Entering another state stops every timer that ``keeps`` does not name.
    """

    to: State
    does: tuple[Act, ...] = ()
    starts: tuple[Timer, ...] = ()
    keeps: tuple[Timer, ...] = ()


_S, _T, _A, _K = State, Trigger, Act, Kind
_END = Step(_S.TERMINATED)
_TIMED_OUT = Step(_S.TERMINATED, (_A.TELL_TIMEOUT,))
_BROKE = Step(_S.TERMINATED, (_A.TELL_BROKEN,))

TABLE: dict[tuple[Kind, State, Trigger], Step] = {
    # INVITE client, RFC 3261 figure 5 and RFC 6026 §8.4
    (_K.INVITE_CLIENT, _S.CALLING, _T.START): Step(_S.CALLING, (_A.SEND,), (Timer.A, Timer.B)),
    (_K.INVITE_CLIENT, _S.CALLING, _T.TIMER_A): Step(_S.CALLING, (_A.SEND,), (Timer.A,)),
    (_K.INVITE_CLIENT, _S.CALLING, _T.TIMER_B): _TIMED_OUT,
    (_K.INVITE_CLIENT, _S.CALLING, _T.BROKEN): _BROKE,
    (_K.INVITE_CLIENT, _S.CALLING, _T.GOT_PROVISIONAL): Step(_S.PROCEEDING, (_A.PASS,)),
    (_K.INVITE_CLIENT, _S.CALLING, _T.GOT_SUCCESS): Step(_S.ACCEPTED, (_A.PASS,), (Timer.M,)),
    (_K.INVITE_CLIENT, _S.CALLING, _T.GOT_FAILURE): Step(
        _S.COMPLETED, (_A.ACK, _A.PASS), (Timer.D,)
    ),
    (_K.INVITE_CLIENT, _S.PROCEEDING, _T.BROKEN): Step(_S.PROCEEDING),
    (_K.INVITE_CLIENT, _S.PROCEEDING, _T.GOT_PROVISIONAL): Step(_S.PROCEEDING, (_A.PASS,)),
    (_K.INVITE_CLIENT, _S.PROCEEDING, _T.GOT_SUCCESS): Step(_S.ACCEPTED, (_A.PASS,), (Timer.M,)),
    (_K.INVITE_CLIENT, _S.PROCEEDING, _T.GOT_FAILURE): Step(
        _S.COMPLETED, (_A.ACK, _A.PASS), (Timer.D,)
    ),
    (_K.INVITE_CLIENT, _S.ACCEPTED, _T.GOT_PROVISIONAL): Step(_S.ACCEPTED),
    (_K.INVITE_CLIENT, _S.ACCEPTED, _T.GOT_SUCCESS): Step(_S.ACCEPTED, (_A.PASS,)),
    (_K.INVITE_CLIENT, _S.ACCEPTED, _T.GOT_FAILURE): Step(_S.ACCEPTED),
    (_K.INVITE_CLIENT, _S.ACCEPTED, _T.BROKEN): Step(_S.ACCEPTED),
    (_K.INVITE_CLIENT, _S.ACCEPTED, _T.TIMER_M): _END,
    (_K.INVITE_CLIENT, _S.COMPLETED, _T.GOT_PROVISIONAL): Step(_S.COMPLETED),
    (_K.INVITE_CLIENT, _S.COMPLETED, _T.GOT_SUCCESS): Step(_S.COMPLETED),
    (_K.INVITE_CLIENT, _S.COMPLETED, _T.GOT_FAILURE): Step(_S.COMPLETED, (_A.ACK,)),
    # The failed ACK is not reported: the call already has its final code.
    (_K.INVITE_CLIENT, _S.COMPLETED, _T.BROKEN): _END,
    (_K.INVITE_CLIENT, _S.COMPLETED, _T.TIMER_D): _END,
    # Non-INVITE client, figure 6
    (_K.CLIENT, _S.TRYING, _T.START): Step(_S.TRYING, (_A.SEND,), (Timer.E, Timer.F)),
    (_K.CLIENT, _S.TRYING, _T.TIMER_E): Step(_S.TRYING, (_A.SEND,), (Timer.E,)),
    (_K.CLIENT, _S.TRYING, _T.TIMER_F): _TIMED_OUT,
    (_K.CLIENT, _S.TRYING, _T.BROKEN): _BROKE,
    (_K.CLIENT, _S.TRYING, _T.GOT_PROVISIONAL): Step(
        _S.PROCEEDING, (_A.PASS,), (), (Timer.E, Timer.F)
    ),
    (_K.CLIENT, _S.TRYING, _T.GOT_SUCCESS): Step(_S.COMPLETED, (_A.PASS,), (Timer.K,)),
    (_K.CLIENT, _S.TRYING, _T.GOT_FAILURE): Step(_S.COMPLETED, (_A.PASS,), (Timer.K,)),
    (_K.CLIENT, _S.PROCEEDING, _T.TIMER_E): Step(_S.PROCEEDING, (_A.SEND,), (Timer.E,)),
    (_K.CLIENT, _S.PROCEEDING, _T.TIMER_F): _TIMED_OUT,
    (_K.CLIENT, _S.PROCEEDING, _T.BROKEN): _BROKE,
    (_K.CLIENT, _S.PROCEEDING, _T.GOT_PROVISIONAL): Step(_S.PROCEEDING, (_A.PASS,)),
    (_K.CLIENT, _S.PROCEEDING, _T.GOT_SUCCESS): Step(_S.COMPLETED, (_A.PASS,), (Timer.K,)),
    (_K.CLIENT, _S.PROCEEDING, _T.GOT_FAILURE): Step(_S.COMPLETED, (_A.PASS,), (Timer.K,)),
    (_K.CLIENT, _S.COMPLETED, _T.GOT_PROVISIONAL): Step(_S.COMPLETED),
    (_K.CLIENT, _S.COMPLETED, _T.GOT_SUCCESS): Step(_S.COMPLETED),
    (_K.CLIENT, _S.COMPLETED, _T.GOT_FAILURE): Step(_S.COMPLETED),
    (_K.CLIENT, _S.COMPLETED, _T.BROKEN): Step(_S.COMPLETED),
    (_K.CLIENT, _S.COMPLETED, _T.TIMER_K): _END,
    # INVITE server, figure 7 and RFC 6026 §8.7
    (_K.INVITE_SERVER, _S.PROCEEDING, _T.START): Step(_S.PROCEEDING, (_A.PASS,)),
    (_K.INVITE_SERVER, _S.PROCEEDING, _T.GOT_REQUEST): Step(_S.PROCEEDING, (_A.REPEAT,)),
    (_K.INVITE_SERVER, _S.PROCEEDING, _T.GOT_ACK): Step(_S.PROCEEDING),
    (_K.INVITE_SERVER, _S.PROCEEDING, _T.REPLY_PROVISIONAL): Step(_S.PROCEEDING, (_A.REPLY,)),
    (_K.INVITE_SERVER, _S.PROCEEDING, _T.REPLY_SUCCESS): Step(_S.ACCEPTED, (_A.REPLY,), (Timer.L,)),
    (_K.INVITE_SERVER, _S.PROCEEDING, _T.REPLY_FAILURE): Step(
        _S.COMPLETED, (_A.REPLY,), (Timer.G, Timer.H)
    ),
    (_K.INVITE_SERVER, _S.PROCEEDING, _T.BROKEN): Step(_S.PROCEEDING),
    # The call repeats its 2xx itself until the ACK comes, so a repeated INVITE is only absorbed.
    (_K.INVITE_SERVER, _S.ACCEPTED, _T.GOT_REQUEST): Step(_S.ACCEPTED),
    (_K.INVITE_SERVER, _S.ACCEPTED, _T.GOT_ACK): Step(_S.ACCEPTED, (_A.PASS,)),
    (_K.INVITE_SERVER, _S.ACCEPTED, _T.REPLY_SUCCESS): Step(_S.ACCEPTED, (_A.REPLY,)),
    (_K.INVITE_SERVER, _S.ACCEPTED, _T.BROKEN): Step(_S.ACCEPTED),
    (_K.INVITE_SERVER, _S.ACCEPTED, _T.TIMER_L): _END,
    (_K.INVITE_SERVER, _S.COMPLETED, _T.GOT_REQUEST): Step(_S.COMPLETED, (_A.REPEAT,)),
    (_K.INVITE_SERVER, _S.COMPLETED, _T.TIMER_G): Step(_S.COMPLETED, (_A.REPEAT,), (Timer.G,)),
    (_K.INVITE_SERVER, _S.COMPLETED, _T.TIMER_H): _END,
    (_K.INVITE_SERVER, _S.COMPLETED, _T.BROKEN): _END,
    (_K.INVITE_SERVER, _S.COMPLETED, _T.GOT_ACK): Step(_S.CONFIRMED, (), (Timer.I,)),
    (_K.INVITE_SERVER, _S.CONFIRMED, _T.GOT_REQUEST): Step(_S.CONFIRMED),
    (_K.INVITE_SERVER, _S.CONFIRMED, _T.GOT_ACK): Step(_S.CONFIRMED),
    (_K.INVITE_SERVER, _S.CONFIRMED, _T.BROKEN): Step(_S.CONFIRMED),
    (_K.INVITE_SERVER, _S.CONFIRMED, _T.TIMER_I): _END,
    # Non-INVITE server, figure 8
    (_K.SERVER, _S.TRYING, _T.START): Step(_S.TRYING, (_A.PASS,)),
    (_K.SERVER, _S.TRYING, _T.GOT_REQUEST): Step(_S.TRYING),
    (_K.SERVER, _S.TRYING, _T.REPLY_PROVISIONAL): Step(_S.PROCEEDING, (_A.REPLY,)),
    (_K.SERVER, _S.TRYING, _T.REPLY_SUCCESS): Step(_S.COMPLETED, (_A.REPLY,), (Timer.J,)),
    (_K.SERVER, _S.TRYING, _T.REPLY_FAILURE): Step(_S.COMPLETED, (_A.REPLY,), (Timer.J,)),
    (_K.SERVER, _S.TRYING, _T.BROKEN): _END,
    (_K.SERVER, _S.PROCEEDING, _T.GOT_REQUEST): Step(_S.PROCEEDING, (_A.REPEAT,)),
    (_K.SERVER, _S.PROCEEDING, _T.REPLY_PROVISIONAL): Step(_S.PROCEEDING, (_A.REPLY,)),
    (_K.SERVER, _S.PROCEEDING, _T.REPLY_SUCCESS): Step(_S.COMPLETED, (_A.REPLY,), (Timer.J,)),
    (_K.SERVER, _S.PROCEEDING, _T.REPLY_FAILURE): Step(_S.COMPLETED, (_A.REPLY,), (Timer.J,)),
    (_K.SERVER, _S.PROCEEDING, _T.BROKEN): _END,
    (_K.SERVER, _S.COMPLETED, _T.GOT_REQUEST): Step(_S.COMPLETED, (_A.REPEAT,)),
    (_K.SERVER, _S.COMPLETED, _T.BROKEN): _END,
    (_K.SERVER, _S.COMPLETED, _T.TIMER_J): _END,
}

INITIAL: dict[Kind, State] = {
    Kind.INVITE_CLIENT: State.CALLING,
    Kind.CLIENT: State.TRYING,
    Kind.INVITE_SERVER: State.PROCEEDING,
    Kind.SERVER: State.TRYING,
}


@dataclass(frozen=True, slots=True)
class TimerValues:
    """Base values in seconds (RFC 3261 table 4); tests and LANs may shrink them."""

    t1_s: float = 0.5
    t2_s: float = 4.0
    t4_s: float = 5.0
    timeout_s: float = 32.0

    def first(self, timer: Timer, *, reliable: bool) -> float | None:
        """How long a timer runs when first started; None: it is not used on such a transport."""
        match timer:
            case Timer.A | Timer.E | Timer.G:
                return None if reliable else self.t1_s
            case Timer.B | Timer.F | Timer.H | Timer.L | Timer.M:
                return self.timeout_s
            case Timer.D | Timer.J:
                return 0.0 if reliable else self.timeout_s
            case Timer.I | Timer.K:
                return 0.0 if reliable else self.t4_s


@dataclass(frozen=True, slots=True)
class Transmit:
    """Put these bytes on the wire towards the transaction's peer."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message for whoever uses the transaction."""

    message: Request | Response


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The far side was silent for the whole of timer B or F."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The transport could not carry the request."""


Output: TypeAlias = Transmit | Deliver | NoAnswer | Broken

_ORDER = tuple(Timer)


class Transaction:
    """One transaction. ``reliable`` says that the transport retransmits by itself (TCP)."""

    __slots__ = (
        "_ack",
        "_data",
        "_intervals",
        "_reply",
        "_timers",
        "kind",
        "reliable",
        "request",
        "state",
        "values",
    )

    def __init__(
        self, kind: Kind, request: Request, values: TimerValues, *, reliable: bool
    ) -> None:
        self.kind = kind
        self.request = request
        self.values = values
        self.reliable = reliable
        self.state = INITIAL[kind]
        self._data = b""
        self._reply = b""
        self._ack = b""
        self._timers: dict[Timer, float] = {}
        self._intervals: dict[Timer, float] = {}

    @classmethod
    def adopted(cls, request: Request, values: TimerValues, *, reliable: bool) -> Transaction:
        """The client transaction of an INVITE that an earlier life of this process sent.

        It counts as Proceeding, so it waits for a final response and acknowledges a refusal.
        """
        made = cls(Kind.INVITE_CLIENT, request, values, reliable=reliable)
        made.state = State.PROCEEDING
        return made

    @property
    def is_over(self) -> bool:
        """Whether the transaction can be forgotten."""
        return self.state is State.TERMINATED

    def deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return min(self._timers.values()) if self._timers else None

    def start(self, now: float) -> list[Output]:
        """Send the request (client) or pass it up (server)."""
        return self._step(Trigger.START, now, self.request)

    def tick(self, now: float) -> list[Output]:
        """Fire every timer that is due."""
        out: list[Output] = []
        for timer in _ORDER:
            due = self._timers.get(timer)
            if due is not None and due <= now:
                del self._timers[timer]
                out += self._step(Trigger["TIMER_" + timer.value], now, None)
        return out

    def receive(self, message: Request | Response, now: float) -> list[Output]:
        """A response for a client transaction; the request again, or its ACK, for a server one."""
        if isinstance(message, Request):
            trigger = Trigger.GOT_ACK if message.method == "ACK" else Trigger.GOT_REQUEST
        elif message.status < 200:
            trigger = Trigger.GOT_PROVISIONAL
        elif message.status < 300:
            trigger = Trigger.GOT_SUCCESS
        else:
            trigger = Trigger.GOT_FAILURE
        return self._step(trigger, now, message)

    def reply(self, response: Response, now: float) -> list[Output]:
        """Answer the request of a server transaction."""
        if response.status < 200:
            trigger = Trigger.REPLY_PROVISIONAL
        elif response.status < 300:
            trigger = Trigger.REPLY_SUCCESS
        else:
            trigger = Trigger.REPLY_FAILURE
        return self._step(trigger, now, response)

    def broken(self, now: float) -> list[Output]:
        """The transport reports that it cannot reach the peer."""
        return self._step(Trigger.BROKEN, now, None)

    def _step(
        self, trigger: Trigger, now: float, message: Request | Response | None
    ) -> list[Output]:
        step = TABLE.get((self.kind, self.state, trigger))
        if step is None:
            raise SipStateError(f"{self.kind.value}: {trigger.value} in {self.state.value}")
        if step.to is not self.state:
            self.state = step.to
            self._timers = {t: due for t, due in self._timers.items() if t in step.keeps}
        out: list[Output] = []
        for act in step.does:
            self._do(act, message, out)
        for timer in step.starts:
            self._start_timer(timer, now)
        return out

    def _start_timer(self, timer: Timer, now: float) -> None:
        """Start, or start again with the back-off of RFC 3261 §17.1.1.2 and §17.1.2.2."""
        wait = self.values.first(timer, reliable=self.reliable)
        if wait is None:
            return
        last = self._intervals.get(timer)
        if last is not None:
            wait = last * 2 if timer is Timer.A else min(last * 2, self.values.t2_s)
        if timer is Timer.E and self.state is State.PROCEEDING:
            wait = self.values.t2_s
        self._intervals[timer] = wait
        self._timers[timer] = now + wait

    def _do(self, act: Act, message: Request | Response | None, out: list[Output]) -> None:
        match act:
            case Act.SEND:
                self._data = self._data or serialise(self.request)
                out.append(Transmit(self._data))
            case Act.REPEAT if self._reply:
                out.append(Transmit(self._reply))
            case Act.TELL_TIMEOUT:
                out.append(NoAnswer())
            case Act.TELL_BROKEN:
                out.append(Broken())
            case Act.PASS if message is not None:
                out.append(Deliver(message))
            case Act.ACK | Act.REPLY if isinstance(message, Response):
                out.append(Transmit(self._with_response(act, message)))
            case _:
                pass  # nothing kept yet to repeat

    def _with_response(self, act: Act, response: Response) -> bytes:
        if act is Act.REPLY:
            self._reply = serialise(response)
            return self._reply
        self._ack = self._ack or serialise(ack_for(self.request, response))
        return self._ack
