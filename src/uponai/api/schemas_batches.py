"""What the API answers about batches (part of ``api.schemas``)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from uponai.api.schemas import TimestampMs
from uponai.wire.validate import Wire


class BatchCallAnswer(Wire):
    batch_call_id: str
    name: str
    from_number: str
    scheduled_timestamp: float
    total_task_count: int
    call_time_window: dict[str, Any] | None = None


class BatchProgress(Wire):
    """Tasks by where they stand. ``answered`` tasks reached somebody; ``calls`` counts redials;
    ``outcomes`` are the disconnection reasons (or codes of refusals) of those that are done."""

    waiting: int
    cancelled: int
    calling: int
    done: int
    answered: int
    calls: int
    outcomes: dict[str, int]


class BatchItem(BatchCallAnswer):
    """A batch without figures."""

    status: Literal["planned", "ongoing", "paused", "cancelled", "sent"]
    created_timestamp: TimestampMs
    reserved_concurrency: int | None = None
    redial_policy: dict[str, Any] | None = None
    paused_timestamp: TimestampMs | None = None
    cancelled_timestamp: TimestampMs | None = None
    closed_timestamp: TimestampMs | None = None


class BatchAnswer(BatchItem):
    """A batch with its progress."""

    progress: BatchProgress


class BatchTaskItem(Wire):
    """A task; call and outcome are those of its last call."""

    position: int
    to_number: str
    state: Literal["waiting", "calling", "done", "cancelled"]
    calls: int
    answered: bool
    call_id: str | None = None
    outcome: str | None = None
    due_timestamp: TimestampMs | None = None


class BatchCsvForm(Wire):
    """Multipart: one CSV file; numbers and objects as JSON texts."""

    from_number: str
    files: Annotated[list[bytes], Field(min_length=1, max_length=1)]
    name: str | None = None
    trigger_timestamp: float | None = None
    reserved_concurrency: int | None = None
    call_time_window: str | None = None
    redial_policy: str | None = None
