"""What the dialer asks of a carrier, and what a carrier tells the dialer.

A carrier reports each event at least once and in order per call; the reader applies it durably
before it returns, so applying one twice must be harmless (states move by compare-and-set).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from uponai.domain.ending import Ending

SIP_DISPOSITIONS: dict[int, str] = {
    401: "telephony_provider_permission_denied",
    403: "telephony_provider_permission_denied",
    404: "invalid_destination",
    407: "telephony_provider_permission_denied",
    408: "dial_no_answer",
    410: "invalid_destination",
    480: "dial_no_answer",
    482: "sip_routing_error",
    483: "sip_routing_error",
    484: "invalid_destination",
    486: "dial_busy",
    487: "dial_no_answer",
    600: "dial_busy",
    603: "user_declined",
    604: "invalid_destination",
    607: "marked_as_spam",
    608: "marked_as_spam",
}
"""Final SIP code of an unanswered call -> disconnection_reason (retell-api.md section 2.4), for
carriers whose own words carry one."""


@dataclass(frozen=True, slots=True)
class CpsRange:
    """Calls per second that a workspace may set for a carrier's numbers.

    At most ``maximum``, or the concurrency limit / ``per_concurrency``; never below 1. A change
    holds at once, or after ``settles_ms`` where the account's owner must make it at the carrier
    too.
    """

    default: int = 1
    maximum: int | None = None
    per_concurrency: int | None = None
    settles_ms: int = 0

    def maximum_at(self, concurrency: int) -> int:
        """The most that may be set with this concurrency limit."""
        most = self.maximum if self.maximum is not None else 1
        if self.per_concurrency is not None:
            most = concurrency // self.per_concurrency
        return max(most, 1)


@dataclass(frozen=True, slots=True)
class CarrierSpec:
    """A carrier as data. ``number_type`` is the wire's ``phone_number_type`` of its numbers.

    ``window_ms`` is over how long it counts calls (None: it does not), ``congestion_codes`` are
    its own words for "too fast". ``tells_calls_apart``: a lost dial can be found by an id of ours;
    without it only by its two numbers and its time, so that between the same two numbers one dial
    at a time may be unheard of. ``names_calls``: it knows calls by a reference of its own, which
    ``Dialled`` brings and the call's record keeps (``Call.line["carrier_ref"]``).
    """

    name: str
    number_type: str
    forwards_custom_headers: bool
    cps: CpsRange = CpsRange()
    window_ms: int | None = None
    congestion_codes: frozenset[str] = frozenset()
    tells_calls_apart: bool = True
    names_calls: bool = False

    @property
    def provider(self) -> str:
        """Its name among the limits: ``custom`` for trunks of the user's own."""
        return self.number_type.removeprefix("retell-")


@dataclass(frozen=True, slots=True)
class DialOrder:
    """One attempt to reach somebody. ``number`` is the calling number's wire configuration.

    ``finds_machines``: the carrier's own answering-machine detection is wanted, where it has one.
    """

    call_id: str
    attempt: int
    fence: int
    from_number: str
    to_number: str
    number: Mapping[str, Any]
    password: str | None
    ring_timeout_ms: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    finds_machines: bool = False


@dataclass(frozen=True, slots=True)
class Dialled:
    """The request is on its way."""

    call_id: str
    attempt: int
    carrier_ref: str


@dataclass(frozen=True, slots=True)
class Rang:
    """The callee's phone rings (or plays early media)."""

    call_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class PickedUp:
    """Answered at ``at_ms`` (wall time of line sample 0)."""

    call_id: str
    attempt: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class HungUp:
    """The line is over. ``ending`` is what it means for a call that no brain wrote the end of.

    ``line`` is what the carrier knows, for the record: cause, sip_code, line_samples, at_ms.
    ``no_room``: nothing was sent, for the line holder has as many calls as it can hold.
    """

    call_id: str
    attempt: int
    answered: bool
    at_ms: int
    ending: Ending
    line: Mapping[str, Any] = field(default_factory=dict[str, Any])
    no_room: bool = False


@dataclass(frozen=True, slots=True)
class CallArrived:
    """Somebody calls one of our numbers; answer with ``accept`` or ``reject``.

    ``authorization`` is the digest that came with it ("" for none); None where the carrier vouches
    for the call itself and is no ``AsksForProof``. ``carrier`` is filled in by the dialer.
    """

    line_key: str
    from_number: str
    to_number: str
    source: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    authorization: str | None = field(default=None, repr=False)
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class CallVanished:
    """An arrived call gave up before it was answered."""

    line_key: str


@dataclass(frozen=True, slots=True)
class LineHeld:
    """One line that a carrier holds for us."""

    call_id: str
    state: Literal["dialling", "ringing", "answered"]
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class LinesHeld:
    """All lines that exist now, told after each (re)connection and on request."""

    lines: tuple[LineHeld, ...]


CarrierEvent = Dialled | Rang | PickedUp | HungUp | CallArrived | CallVanished | LinesHeld
OnCarrierEvent = Callable[[CarrierEvent], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class LostDial:
    """An attempt whose order may have left and of which nobody here knows what came.

    ``ordered_ms`` is the wall time just before the order left (0: not known), ``carrier_ref`` the
    carrier's own reference where it was heard.
    """

    call_id: str
    attempt: int
    fence: int
    from_number: str
    to_number: str
    ordered_ms: int = 0
    carrier_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """It lives. ``at_ms``: when it was answered, where it was and that is known."""

    state: Literal["dialling", "ringing", "answered"]
    at_ms: int | None = None
    carrier_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """It was sent and is over. Without a report, how it ended was told before this answer, as an
    event, or nobody knows it any more."""

    report: HungUp | None = None


@dataclass(frozen=True, slots=True)
class NeverSent:
    """Nothing reached the callee, and nothing will: the carrier refuses this attempt from now on,
    should its order still be on the way. Only then may the call be dialled again."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can know, now or later. The call is not dialled again."""

    why: str


Sighting = Found | Over | NeverSent | Unknown


class CarrierError(Exception):
    """The order was not carried out. ``sent`` tells whether it may have reached the carrier."""

    def __init__(self, message: str, *, sent: bool):
        super().__init__(message)
        self.sent = sent


class Carrier(Protocol):
    """One way to place and take calls."""

    @property
    def spec(self) -> CarrierSpec: ...

    async def run(self, on_event: OnCarrierEvent) -> None:
        """Stay connected and report until cancelled."""
        ...

    async def dial(self, order: DialOrder) -> None:
        """Hand over the order. Raises CarrierError."""
        ...

    async def look_up(self, lost: LostDial) -> Sighting:
        """What became of a dial after a crash; asked before anything is dialled again.

        Over SIP the edge answers from its calls and its journal. A carrier that hands an id of
        ours back searches for that; one that does not searches its calls by From, To and creation
        window. It may end what it finds waiting and must then answer ``Over``. In doubt the answer
        is ``Unknown``, never ``NeverSent``. Raises CarrierError when the carrier cannot be asked
        now; it is asked again later.
        """
        ...

    async def end(self, call_id: str, reason: str) -> None:
        """Hang up whatever its state; harmless for a line that is gone. Raises CarrierError."""
        ...

    async def accept(
        self, line_key: str, call_id: str, fence: int, number: Mapping[str, Any]
    ) -> None:
        """Answer an arrived call. ``number`` is the wire configuration of the number called, {}
        where none was."""
        ...

    async def ring(self, line_key: str, for_ms: int) -> None:
        """Let an arrived call ring while it waits, up to ``for_ms``."""
        ...

    async def reject(self, line_key: str, code: int, reason: str) -> None:
        """Refuse an arrived call with a SIP code; ``reason`` "" takes the code's own phrase."""
        ...

    async def redirect(self, line_key: str, to_number: str, number: Mapping[str, Any]) -> None:
        """Send an arrived call on to ``to_number``; we are out of it. ``number`` is the wire
        configuration of the number that was called. Raises CarrierError: then it still waits."""
        ...

    async def ask_lines(self) -> None:
        """Have ``LinesHeld`` reported soon."""
        ...

    @property
    def connected(self) -> bool: ...


@runtime_checkable
class CallsForCaller(Protocol):
    """A carrier that calls others for a caller who came in (transfers), over a trunk of ours."""

    async def accept_over(
        self, line_key: str, call_id: str, fence: int, number: Mapping[str, Any], password: str
    ) -> None:
        """``accept``; ``number`` is the wire configuration of the number that was called, whose
        trunk such calls take, ``password`` its trunk's ("": none).
        """
        ...


@runtime_checkable
class AsksForProof(Protocol):
    """A carrier whose arrived calls can be asked to prove by digest whose they are."""

    async def challenge(self, line_key: str, value: str) -> None:
        """Refuse an arrived call with 401 and this WWW-Authenticate; it comes again with proof.
        Raises CarrierError."""
        ...


@dataclass(frozen=True, slots=True)
class NumberWish:
    """What number somebody wants: this very one, or any of a country, area or kind."""

    country_code: str = "US"
    area_code: int | None = None
    phone_number: str | None = None
    toll_free: bool = False
    transport: str = "TCP"

    def __str__(self) -> str:
        if self.phone_number:
            return self.phone_number
        kind = "toll-free" if self.toll_free else "local"
        area = f", area code {self.area_code}" if self.area_code is not None else ""
        return f"{kind}, {self.country_code}{area}"


@dataclass(frozen=True, slots=True)
class BoughtNumber:
    """A number that is ours now. ``trunk`` is the wire's ``sip_outbound_trunk_config`` where calls
    go over a SIP trunk, ``password`` its password; ``reference`` the carrier's id, to release it;
    ``former`` where its calls went before it was adopted, in the carrier's own words.
    """

    phone_number: str
    reference: str
    trunk: Mapping[str, Any] = field(default_factory=dict[str, Any])
    password: str | None = None
    former: Mapping[str, str] = field(default_factory=dict[str, str])


class NotForSale(Exception):
    """The carrier has no such number to sell; nothing was bought. The text is for the user."""

    def __init__(self, wish: NumberWish) -> None:
        super().__init__(f"The carrier has no such number for sale ({wish}).")


class NotInAccount(Exception):
    """The account has no such number. The text is for the user."""

    def __init__(self, phone_number: str) -> None:
        super().__init__(f"The account with the carrier has no number {phone_number}.")


class NumberShop(Protocol):
    """The half of a carrier that sells numbers."""

    @property
    def spec(self) -> CarrierSpec: ...

    async def buy(self, wish: NumberWish) -> BoughtNumber:
        """Raises NotForSale, or CarrierError whose ``sent`` tells that it may have been bought."""
        ...

    async def release(self, phone_number: str, reference: str) -> None:
        """Give it back; harmless when it is gone already. Raises CarrierError."""
        ...

    async def adopt(self, phone_number: str) -> BoughtNumber:
        """Have the calls of a number come here that is in the account already. Raises
        NotInAccount, CarrierError."""
        ...

    async def let_go(self, phone_number: str, reference: str, former: Mapping[str, str]) -> None:
        """It stays in the account and its calls go where they went before; harmless when it is
        gone. Raises CarrierError."""
        ...
