"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any, Literal

from uponai.client.record import Record


class BatchCallResponse(Record):
    batch_call_id: str
    name: str
    from_number: str
    scheduled_timestamp: float
    total_task_count: int
    call_time_window: dict[str, Any] | None


class BatchResponse(Record):
    """A batch with its progress."""

    batch_call_id: str
    name: str
    from_number: str
    scheduled_timestamp: float
    total_task_count: int
    call_time_window: dict[str, Any] | None
    status: Literal["planned", "ongoing", "paused", "cancelled", "sent"]
    created_timestamp: int
    reserved_concurrency: int | None
    redial_policy: dict[str, Any] | None
    paused_timestamp: int | None
    cancelled_timestamp: int | None
    closed_timestamp: int | None
    progress: BatchProgress


class BatchListItem(Record):
    """A batch without figures."""

    batch_call_id: str
    name: str
    from_number: str
    scheduled_timestamp: float
    total_task_count: int
    call_time_window: dict[str, Any] | None
    status: Literal["planned", "ongoing", "paused", "cancelled", "sent"]
    created_timestamp: int
    reserved_concurrency: int | None
    redial_policy: dict[str, Any] | None
    paused_timestamp: int | None
    cancelled_timestamp: int | None
    closed_timestamp: int | None


class BatchTask(Record):
    """A task; call and outcome are those of its last call."""

    position: int
    to_number: str
    state: Literal["waiting", "calling", "done", "cancelled"]
    calls: int
    answered: bool
    call_id: str | None
    outcome: str | None
    due_timestamp: int | None


class BatchProgress(Record):
    """Tasks by where they stand. `answered` tasks reached somebody; `calls` counts redials;"""

    waiting: int
    cancelled: int
    calling: int
    done: int
    answered: int
    calls: int
    outcomes: dict[str, int]
