"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from uponai.client.record import Record


class ConcurrencyResponse(Record):
    current_concurrency: int
    concurrency_limit: int
    base_concurrency: int
    purchased_concurrency: int
    concurrency_purchase_limit: int
    remaining_purchase_limit: int
    concurrency_burst_enabled: bool
    concurrency_burst_limit: int
    reserved_inbound_concurrency: int
