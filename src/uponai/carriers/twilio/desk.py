"""What the halves of the carrier share: an account, its calls, and what waits for a decision."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from uponai.carriers.base_media import Ticket
from uponai.carriers.hosted.desk import KnownCalls, Site, make_room
from uponai.carriers.twilio import twiml
from uponai.carriers.twilio.account import Account
from uponai.carriers.twilio.rest import TwilioApi

RETRIED = "#rc=3&rp=all"
"""Twilio sends a webhook again that was not answered (connection overrides)."""


class Desk:
    """``account`` and ``rest`` may be replaced by newer credentials."""

    def __init__(self, account: Account, rest: TwilioApi, site: Site) -> None:
        self.site = site
        self.known = KnownCalls()
        self._decisions: dict[str, asyncio.Future[str]] = {}
        self.use(account, rest)

    def use(self, account: Account, rest: TwilioApi) -> None:
        self.account, self.rest = account, rest

    def told_url(self, path: str) -> str:
        """Where a webhook goes that is sent again if it was not answered."""
        return self.site.hook_url(path) + RETRIED

    def talk(self, ticket: Ticket, *, first: str = "") -> str:
        """TwiML: the call talks to a brain, and to another one when that is lost."""
        site = self.site
        resume = site.hook_url(f"resume/{site.tickets.issue(ticket.next)}")
        return twiml.stream(site.media_url, site.tickets.issue(ticket), resume, first=first)

    # Arrived calls: the webhook waits for the dialer's decision

    def decision(self, sid: str) -> tuple[asyncio.Future[str], bool]:
        """The TwiML that the dialer decides on, and whether it is asked for the first time."""
        waiting = self._decisions.get(sid)
        if waiting is not None:
            return waiting, False
        make_room(self._decisions)
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


def ways_of(url: str) -> tuple[str, ...]:
    """A URL as a media socket may have been signed with."""
    scheme = urlsplit(url).scheme
    socket = url.replace(scheme, "wss" if scheme == "https" else "ws", 1)
    return (url, socket, f"{url}/", f"{socket}/")
