"""One account with Twilio: how it is reached, what it is told of us, which calls are known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from uponai.carriers.base import CarrierEvent, OnCarrierEvent
from uponai.carriers.base_media import Ticket, Tickets
from uponai.carriers.twilio import twiml
from uponai.carriers.twilio.rest import Api
from uponai.domain.ending import Ending

RETRIED = "#rc=3&rp=all"
"""Twilio sends a webhook again that was not answered (connection overrides)."""

MOST_ARRIVALS = 10_000

GoesOn = Callable[[str, int], Awaitable[bool]]
"""Whether the call with this id and fence is not over."""


@dataclass(frozen=True, slots=True)
class Account:
    """``public_url`` is where Twilio reaches this installation."""

    sid: str
    secret: str = field(repr=False)
    public_url: str

    @property
    def media_url(self) -> str:
        """Where media sockets are opened."""
        scheme, colon, rest = self.public_url.partition(":")
        return f"{'wss' if scheme == 'https' else 'ws'}{colon}{rest}/media/twilio"

    def hook_url(self, path: str) -> str:
        return f"{self.public_url}/hooks/twilio/{path}"

    def ways_of(self, url: str) -> tuple[str, ...]:
        """A URL as a media socket may have been signed with."""
        scheme = urlsplit(url).scheme
        socket = url.replace(scheme, "wss" if scheme == "https" else "ws", 1)
        return (url, socket, f"{url}/", f"{socket}/")


@dataclass(slots=True, eq=False)
class Known:
    """A call that this process dialled or took."""

    call_id: str
    attempt: int
    sid: str
    state: Literal["dialling", "ringing", "answered"] = "dialling"
    cancelled_as: Ending | None = None
    left_queue: asyncio.Event = field(default_factory=asyncio.Event)


class Desk:
    """What the halves of the carrier share."""

    def __init__(self, account: Account, rest: Api, tickets: Tickets, goes_on: GoesOn) -> None:
        self.account = account
        self.rest = rest
        self.tickets = tickets
        self.goes_on = goes_on
        self.known: dict[str, Known] = {}
        self._on_event: OnCarrierEvent | None = None
        self._decisions: dict[str, asyncio.Future[str]] = {}

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

    def remember(self, call_id: str, attempt: int, sid: str) -> Known:
        known = self.known.get(call_id)
        if known is None or known.sid != sid:
            known = self.known[call_id] = Known(call_id, attempt, sid)
        return known

    def by_sid(self, sid: str) -> Known | None:
        return next((known for known in self.known.values() if known.sid == sid), None)

    def talk(self, ticket: Ticket, *, first: str = "") -> str:
        """TwiML: the call talks to a brain, and to another one when that is lost."""
        account = self.account
        resume = account.hook_url(f"resume/{self.tickets.issue(ticket.next)}")
        return twiml.stream(account.media_url, self.tickets.issue(ticket), resume, first=first)

    # Arrived calls: the webhook waits for the dialer's decision

    def decision(self, sid: str) -> tuple[asyncio.Future[str], bool]:
        """The TwiML that the dialer decides on, and whether it is asked for the first time."""
        waiting = self._decisions.get(sid)
        if waiting is not None:
            return waiting, False
        while len(self._decisions) >= MOST_ARRIVALS:
            # Whose end was never told.
            del self._decisions[next(iter(self._decisions))]
        waiting = self._decisions[sid] = asyncio.get_running_loop().create_future()
        return waiting, True

    def decide(self, sid: str, answer: str) -> bool:
        """False when the caller is gone."""
        waiting = self._decisions.get(sid)
        if waiting is None or waiting.done():
            return False
        waiting.set_result(answer)
        return True

    def forget_arrival(self, sid: str) -> bool:
        """Whether it waited for a decision."""
        waiting = self._decisions.pop(sid, None)
        return waiting is not None and not waiting.done()
