"""One account with Telnyx: how it is reached, what it is told of us, which calls are known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from uponai import log
from uponai.carriers.base import CarrierError, CarrierEvent, OnCarrierEvent
from uponai.carriers.base_media import Ticket, Tickets
from uponai.carriers.telnyx.rest import Api, Refused, action
from uponai.carriers.telnyx.state import State
from uponai.carriers.telnyx.words import ENDED_ALREADY
from uponai.tasks import TaskGroup

MOST_REMEMBERED = 10_000
MAX_TURNS = 50
PATIENCE_S = (0.0, 1.0, 2.0, 4.0)

GoesOn = Callable[[str, int], Awaitable[bool]]
"""Whether the call with this id and fence is not over."""


@dataclass(frozen=True, slots=True)
class Account:
    """``application`` is the id of the Call Control application that calls are made through;
    ``public_url`` is where Telnyx reaches this installation."""

    application: str
    public_key: str
    public_url: str

    @property
    def hook_url(self) -> str:
        """Where all webhooks go."""
        return f"{self.public_url}/hooks/telnyx/calls"

    def media_url(self, ticket: str) -> str:
        """Where a media socket is opened."""
        scheme, colon, rest = self.public_url.partition(":")
        socket = "wss" if scheme == "https" else "ws"
        return f"{socket}{colon}{rest}/media/telnyx?ticket={quote(ticket)}"


@dataclass(slots=True, eq=False)
class Known:
    """A call that this process dialled or took."""

    call_id: str
    attempt: int
    ref: str
    state: Literal["dialling", "ringing", "answered"] = "dialling"
    heard: asyncio.Event = field(default_factory=asyncio.Event)


class Desk:
    """What the halves of the carrier share."""

    def __init__(self, account: Account, rest: Api, tickets: Tickets, goes_on: GoesOn) -> None:
        self.account = account
        self.rest = rest
        self.tickets = tickets
        self.goes_on = goes_on
        self.known: dict[str, Known] = {}
        self.tasks = TaskGroup()
        self._on_event: OnCarrierEvent | None = None
        self._arrivals: dict[str, None] = {}
        self._over: dict[str, None] = {}
        self._log = log.get("uponai.carriers.telnyx")

    def listen(self, on_event: OnCarrierEvent | None) -> None:
        """Who hears of events from now on."""
        self._on_event = on_event

    @property
    def heard(self) -> bool:
        """Whether events can be applied now."""
        return self._on_event is not None

    async def tell(self, event: CarrierEvent) -> None:
        """Returns once it was applied. Raises ConnectionError where nobody listens."""
        if self._on_event is None:
            raise ConnectionError("nobody listens")
        await self._on_event(event)

    def remember(self, call_id: str, attempt: int, ref: str) -> Known:
        known = self.known.get(call_id)
        if known is None or known.ref != ref:
            known = self.known[call_id] = Known(call_id, attempt, ref)
        return known

    def ended(self, call_id: str, ref: str) -> None:
        """Its end was told."""
        known = self.known.get(call_id)
        if known is not None and known.ref == ref:
            del self.known[call_id]
        _note(self._over, ref)

    def is_over(self, ref: str) -> bool:
        """Whether its end was told."""
        return ref in self._over

    def state(self, ticket: Ticket) -> State:
        """``client_state`` of a call whose media socket shows ``ticket``."""
        return State(ticket.call_id, ticket.attempt, self.tickets.issue(ticket))

    def streaming(self, ticket: Ticket) -> dict[str, Any]:
        """The part of a command that opens a media socket. PCMU both ways."""
        state = self.state(ticket)
        return {
            "client_state": state.write(),
            "command_id": f"{ticket.call_id}-{ticket.attempt}-{ticket.turn}",
            "stream_url": self.account.media_url(state.ticket),
            "stream_track": "inbound_track",
            "stream_codec": "PCMU",
            "stream_bidirectional_mode": "rtp",
            "stream_bidirectional_codec": "PCMU",
        }

    async def stream_again(self, ref: str, ticket: Ticket, *, after_s: float = 0.0) -> bool:
        """Have a lost media socket replaced, or the call hung up if it does not go on. Whether
        there will be a socket. Raises nothing."""
        await asyncio.sleep(after_s)
        if self.is_over(ref):
            return False
        goes_on = await self.goes_on(ticket.call_id, ticket.fence)
        if not goes_on or ticket.turn > MAX_TURNS:
            await self.command(ref, "hangup", {})
            return False
        return await self.command(ref, "streaming_start", self.streaming(ticket))

    async def command(self, ref: str, name: str, body: Mapping[str, Any]) -> bool:
        """Give a command until it is answered. Whether it was obeyed; raises nothing."""
        for again_s in PATIENCE_S:
            await asyncio.sleep(again_s)
            try:
                await self.rest.post(action(ref, name), body)
            except Refused as refused:
                level = self._log.debug if refused.code == ENDED_ALREADY else self._log.warning
                level("command refused", command=name, error=str(refused))
                return False
            except CarrierError as error:
                self._log.warning("command not answered", command=name, error=str(error))
            else:
                return True
        return False

    async def hang_up(self, ref: str) -> None:
        """Harmless for a call that is over. Raises CarrierError."""
        try:
            await self.rest.post(action(ref, "hangup"), {})
        except Refused as refused:
            if refused.status != 404 and refused.code != ENDED_ALREADY:
                raise

    # Calls that arrived and wait for the dialer's decision

    def arrived(self, ref: str) -> bool:
        """Whether it is heard of for the first time."""
        if ref in self._arrivals or ref in self._over:
            return False
        _note(self._arrivals, ref)
        return True

    def forget_arrival(self, ref: str) -> bool:
        """Whether it waited for a decision."""
        waited = ref in self._arrivals
        self._arrivals.pop(ref, None)
        return waited


def _note(refs: dict[str, None], ref: str) -> None:
    while len(refs) >= MOST_REMEMBERED:
        # The oldest: its end was never told, or long ago.
        del refs[next(iter(refs))]
    refs[ref] = None
