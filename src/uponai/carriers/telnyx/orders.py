"""What a brain orders of a call that is up: commands of Call Control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uponai.carriers.base import CarrierError
from uponai.carriers.base_media import Ticket, Transfer
from uponai.carriers.telnyx.desk import Desk
from uponai.carriers.telnyx.rest import action
from uponai.carriers.telnyx.state import State


class TelnyxOrders:
    """``carriers.base_media.LineOrders``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def hang_up(self, carrier_ref: str) -> None:
        await self._desk.hang_up(carrier_ref)

    async def press(self, carrier_ref: str, ticket: Ticket, digits: str) -> bool:
        """The stream goes on meanwhile."""
        del ticket
        await self._desk.rest.post(action(carrier_ref, "send_dtmf"), {"digits": digits})
        return False

    async def transfer(self, carrier_ref: str, ticket: Ticket, transfer: Transfer) -> None:
        """The call stays ours, whether it fails or ends."""
        desk = self._desk
        sealed = desk.site.tickets.issue(ticket)
        call_id, attempt = ticket.call_id, ticket.attempt
        leg = State(call_id, attempt, sealed, "leg", carrier_ref, transfer.digits)
        body: dict[str, Any] = {
            "to": transfer.target,
            "timeout_secs": min(max(transfer.ring_timeout_ms // 1000, 5), 600),
            "client_state": State(call_id, attempt, sealed, "away").write(),
            "target_leg_client_state": leg.write(),
            "webhook_url": desk.hook_url,
            "park_after_unbridge": "self",
            "custom_headers": headers_of(transfer.headers),
        }
        if transfer.show_number:
            body["from"] = transfer.show_number
        try:
            await desk.rest.post(action(carrier_ref, "transfer"), body)
        except CarrierError as error:
            if error.sent:
                state = {"client_state": desk.state(ticket).write()}
                await desk.command(carrier_ref, "client_state_update", state)
            raise


def headers_of(headers: Mapping[str, str]) -> list[dict[str, str]]:
    """``custom_headers`` of a command."""
    return [
        {"name": name, "value": value} for name, value in headers.items() if name.lower() != "from"
    ]
