"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any

from uponai.client.record import Record


class BatchCallResponse(Record):
    batch_call_id: str
    name: str
    from_number: str
    scheduled_timestamp: float
    total_task_count: int
    call_time_window: dict[str, Any] | None
