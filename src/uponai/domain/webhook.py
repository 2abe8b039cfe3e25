"""A webhook to deliver, as decided by whoever changed the call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """One event to deliver. ``body`` is the exact JSON text that will be sent and signed."""

    event: str
    url: str
    body: str
    timeout_ms: int = 10_000
