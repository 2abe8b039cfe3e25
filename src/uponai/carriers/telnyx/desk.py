"""What the halves of the carrier share: an account, its calls, and commands to them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from uponai import log
from uponai.carriers.base import CarrierError
from uponai.carriers.base_media import Ticket
from uponai.carriers.hosted.desk import KnownCalls, Site, make_room
from uponai.carriers.hosted.rest import NOT_THERE, Refused
from uponai.carriers.telnyx.account import Account
from uponai.carriers.telnyx.rest import TelnyxApi, action
from uponai.carriers.telnyx.signatures import Signatures
from uponai.carriers.telnyx.state import State
from uponai.carriers.telnyx.words import ENDED_ALREADY

PATIENCE_S = (0.0, 1.0, 2.0, 4.0)


class Desk:
    """``account`` and ``rest`` may be replaced by newer credentials."""

    def __init__(self, account: Account, rest: TelnyxApi, site: Site) -> None:
        """Raises ValueError for a public key that is none."""
        self.site = site
        self.known = KnownCalls()
        self._arrivals: dict[str, None] = {}
        self._log = log.get("uponai.carriers.telnyx")
        self.use(account, rest)

    def use(self, account: Account, rest: TelnyxApi) -> None:
        """Raises ValueError for a public key that is none."""
        self.signatures = Signatures(account.public_key)
        self.account, self.rest = account, rest

    @property
    def hook_url(self) -> str:
        """Where all webhooks go."""
        return self.site.hook_url("calls")

    def state(self, ticket: Ticket) -> State:
        """``client_state`` of a call whose media socket shows ``ticket``."""
        return State(ticket.call_id, ticket.attempt, self.site.tickets.issue(ticket))

    def streaming(self, ticket: Ticket) -> dict[str, Any]:
        """The part of a command that opens a media socket. PCMU both ways."""
        state = self.state(ticket)
        return {
            "client_state": state.write(),
            "command_id": f"{ticket.call_id}-{ticket.attempt}-{ticket.turn}",
            "stream_url": f"{self.site.media_url}?ticket={quote(state.ticket)}",
            "stream_track": "inbound_track",
            "stream_codec": "PCMU",
            "stream_bidirectional_mode": "rtp",
            "stream_bidirectional_codec": "PCMU",
        }

    async def stream_again(self, ref: str, ticket: Ticket, *, after_s: float = 0.0) -> bool:
        """Have a lost media socket replaced, or the call hung up if it does not go on. Whether
        there will be a socket. Raises nothing."""
        await asyncio.sleep(after_s)
        if self.known.is_over(ref):
            return False
        if not await self.site.may_stream(ticket):
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
            if refused.status != NOT_THERE and refused.code != ENDED_ALREADY:
                raise

    # Calls that arrived and wait for the dialer's decision

    def arrived(self, ref: str) -> bool:
        """Whether it is heard of for the first time."""
        if ref in self._arrivals or self.known.is_over(ref):
            return False
        make_room(self._arrivals)
        self._arrivals[ref] = None
        return True

    def forget_arrival(self, ref: str) -> bool:
        """Whether it waited for a decision."""
        waited = ref in self._arrivals
        self._arrivals.pop(ref, None)
        return waited
