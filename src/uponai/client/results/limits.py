"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal

from uponai.client.record import Record


class LimitsResponse(Record):
    concurrency_limit: int
    concurrency_burst_enabled: bool
    concurrency_burst_limit: int
    reserved_inbound_concurrency: int
    current_concurrency: int
    current_outbound: int
    current_inbound: int
    cps: dict[str, CpsAnswer]
    calling_hours: CallingHours | None


class CpsAnswer(Record):
    """`limit` holds now, `pending` from `pending_until_timestamp` on or once confirmed."""

    limit: int
    maximum: int
    pending: int | None
    pending_until_timestamp: int | None


class CallingHours(Record):
    """Hours in which outbound calls are admitted; without days every day, without a zone the"""

    windows: list[TimeWindow]
    day: (
        list[Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]]
        | None
    )
    timezone: str | None


class TimeWindow(Record):
    """Minutes since local midnight, the end excluded."""

    start: float
    end: float
