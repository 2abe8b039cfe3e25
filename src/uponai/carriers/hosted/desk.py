"""An account with a carrier: what it is told of this installation, and which calls are known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from uponai.carriers.base import (
    CarrierEvent,
    Dialled,
    DialOrder,
    HungUp,
    LineHeld,
    LinesHeld,
    OnCarrierEvent,
    PickedUp,
)
from uponai.carriers.base_media import LineNews, LineOver, Ticket, Tickets, TransferTold
from uponai.domain.ending import Ending
from uponai.tasks import TaskGroup, now_ms

WATCHED_S = 90
"""A transfer that ends sooner, with the caller still there, has failed."""

MAX_TURNS = 50
"""So many media sockets a call may have."""

MOST_REMEMBERED = 10_000

GoesOn = Callable[[str, int], Awaitable[bool]]
"""Whether the call with this id and fence is not over."""

HasRoom = Callable[[int], bool]
"""Whether this host takes one more line beside those it holds and so many that may come."""

TellLine = Callable[[str, LineNews], Awaitable[None]]
"""Passes news to whoever holds the line of this call, wherever that is. Raises ConnectionError:
not now."""


@dataclass(frozen=True, slots=True)
class Site:
    """This installation as the carrier sees it. ``account`` is what the account is called here:
    its hooks and media sockets stand under that name of ``public_url``. ``finds_machines``: the
    carrier's answering-machine detection may be ordered, which costs."""

    account: str
    public_url: str
    tickets: Tickets
    goes_on: GoesOn
    tell_line: TellLine
    has_room: HasRoom
    finds_machines: bool = True

    def hook_url(self, path: str) -> str:
        return f"{self.public_url}/hooks/{self.account}/{path}"

    @property
    def media_url(self) -> str:
        """Where media sockets are opened."""
        scheme, colon, rest = self.public_url.partition(":")
        return f"{'wss' if scheme == 'https' else 'ws'}{colon}{rest}/media/{self.account}"

    def may_find_machines(self, order: DialOrder) -> bool:
        """Whether answering-machine detection is to be ordered with it."""
        return order.finds_machines and self.finds_machines

    async def may_stream(self, ticket: Ticket) -> bool:
        """Whether a call whose media socket was lost is to have another one."""
        return ticket.turn <= MAX_TURNS and await self.goes_on(ticket.call_id, ticket.fence)

    async def tell_transfer(
        self, ticket: Ticket, state: Literal["progress", "done", "failed"], text: str
    ) -> None:
        await self.tell_line(ticket.call_id, TransferTold(state, text))

    async def tell_over(self, call_id: str) -> None:
        """The carrier has told its end."""
        await self.tell_line(call_id, LineOver())


@dataclass(slots=True, eq=False)
class Known:
    """A call that this process dialled or took. ``heard`` is set once the carrier tells of it
    without being asked; ``taken_back``: it is cancelled because it was not begun to be dialled."""

    call_id: str
    attempt: int
    ref: str
    state: Literal["dialling", "ringing", "answered"] = "dialling"
    taken_back: bool = False
    heard: asyncio.Event = field(default_factory=asyncio.Event)


class KnownCalls:
    """The calls of one account that this process follows, and who hears of them."""

    def __init__(self) -> None:
        self.tasks = TaskGroup()
        self._calls: dict[str, Known] = {}
        self._over: dict[str, None] = {}
        self._on_event: OnCarrierEvent | None = None

    async def run(self, on_event: OnCarrierEvent) -> None:
        """``on_event`` hears of events until this is cancelled."""
        self._on_event = on_event
        try:
            await asyncio.Event().wait()
        finally:
            self._on_event = None
            await self.tasks.aclose()

    async def tell(self, event: CarrierEvent) -> None:
        """Returns once it was applied. Raises ConnectionError where nobody listens."""
        if self._on_event is None:
            raise ConnectionError("nobody listens")
        await self._on_event(event)

    async def tell_lines(self) -> None:
        """Report every call that is known."""
        lines = [LineHeld(one.call_id, one.state, one.attempt) for one in self._calls.values()]
        if self._on_event is not None:
            await self.tell(LinesHeld(tuple(lines)))

    @property
    def unanswered(self) -> int:
        """How many of them are still to be answered."""
        return sum(known.state != "answered" for known in self._calls.values())

    async def tell_no_room(self, order: DialOrder) -> None:
        """Nothing was sent: it waits until there is room."""
        full = Ending("telephony_provider_unavailable", "this host holds as many lines as it can")
        answered = False
        await self.tell(
            HungUp(order.call_id, order.attempt, answered, now_ms(), full, no_room=True)
        )

    def remember(self, call_id: str, attempt: int, ref: str) -> Known:
        known = self._calls.get(call_id)
        if known is None or known.ref != ref:
            known = self._calls[call_id] = Known(call_id, attempt, ref)
        return known

    async def taken(self, known: Known) -> None:
        """A call that came in is answered."""
        known.state = "answered"
        await self.tell(Dialled(known.call_id, known.attempt, known.ref))
        await self.tell(PickedUp(known.call_id, known.attempt, now_ms()))

    def get(self, call_id: str) -> Known | None:
        return self._calls.get(call_id)

    def by_ref(self, ref: str) -> Known | None:
        return next((known for known in self._calls.values() if known.ref == ref), None)

    def follows(self, known: Known) -> bool:
        return self._calls.get(known.call_id) is known

    def forget(self, call_id: str) -> None:
        """Follow it no more."""
        self._calls.pop(call_id, None)

    def ended(self, call_id: str, ref: str) -> None:
        """Its end was told: what comes of it later is late, or said again."""
        known = self._calls.get(call_id)
        if known is not None and known.ref == ref:
            del self._calls[call_id]
        make_room(self._over)
        self._over[ref] = None

    def is_over(self, ref: str) -> bool:
        """Whether its end was told."""
        return ref in self._over

    def __len__(self) -> int:
        return len(self._calls)


def make_room(remembered: dict[str, Any]) -> None:
    """Forget the oldest where too many are remembered: its end was never told, or long ago."""
    while len(remembered) >= MOST_REMEMBERED:
        del remembered[next(iter(remembered))]
