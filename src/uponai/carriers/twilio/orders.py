"""What a brain orders of a call that is up: new TwiML, or its end."""

from __future__ import annotations

from uponai.carriers.base import CarrierError
from uponai.carriers.base_media import Ticket, Transfer
from uponai.carriers.hosted.rest import NOT_THERE, Refused
from uponai.carriers.twilio import twiml
from uponai.carriers.twilio.desk import Desk
from uponai.carriers.twilio.words import NOT_IN_PROGRESS

SETTLE = "ww"
"""A switchboard that has just answered misses keys pressed at once."""


class TwilioOrders:
    """``carriers.base_media.LineOrders``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def hang_up(self, carrier_ref: str) -> None:
        await hang_up(self._desk, carrier_ref)

    async def press(self, carrier_ref: str, ticket: Ticket, digits: str) -> bool:
        """New TwiML ends the stream: the call presses the keys and comes back."""
        told = self._desk.talk(ticket, first=twiml.digits(digits))
        await self._desk.rest.post(f"Calls/{carrier_ref}.json", [("Twiml", told)])
        return True

    async def transfer(self, carrier_ref: str, ticket: Ticket, transfer: Transfer) -> None:
        if transfer.digits and transfer.target.startswith("sip:"):
            raise CarrierError("no extension can be dialled behind a SIP URI", sent=False)
        site = self._desk.site
        back = site.tickets.issue(ticket)
        told = twiml.dial(
            twiml.sip_target(transfer.target, transfer.headers),
            timeout_s=max(transfer.ring_timeout_ms // 1000, 5),
            caller_id=transfer.show_number,
            action=site.hook_url(f"transfer/{back}"),
            told=site.hook_url(f"leg/{back}"),
            keys=f"{SETTLE}{transfer.digits}" if transfer.digits else "",
        )
        await self._desk.rest.post(f"Calls/{carrier_ref}.json", [("Twiml", told)])


async def hang_up(desk: Desk, sid: str) -> None:
    """Harmless for a call that is over. Raises CarrierError."""
    try:
        await desk.rest.post(f"Calls/{sid}.json", [("Status", "completed")])
    except Refused as refused:
        if refused.status != NOT_THERE and refused.code != NOT_IN_PROGRESS:
            raise
