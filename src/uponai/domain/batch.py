"""A task of a batch: its state table.

Whether a *batch* is planned, ongoing, paused, cancelled or sent is no state of its own: it follows
from its time stamps and from its tasks (``BatchTimes.status``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

BatchStatus = Literal["planned", "ongoing", "paused", "cancelled", "sent"]


class TaskState(StrEnum):
    """Where a task is in its life."""

    WAITING = "waiting"  # for its time and for slots
    CALLING = "calling"  # its call is written and not over
    OVER = "over"  # its call is over, and nobody has decided yet what follows
    DONE = "done"


class TaskChange(StrEnum):
    """What may happen to a task."""

    CLAIM = "claim"  # in the transaction that writes its call and takes its slots
    END = "end"  # in the transaction that ends its call
    REDIAL = "redial"
    FINISH = "finish"


TASK_TRANSITIONS: dict[tuple[TaskState, TaskChange], TaskState] = {
    (TaskState.WAITING, TaskChange.CLAIM): TaskState.CALLING,
    (TaskState.WAITING, TaskChange.FINISH): TaskState.DONE,
    (TaskState.CALLING, TaskChange.END): TaskState.OVER,
    (TaskState.OVER, TaskChange.REDIAL): TaskState.WAITING,
    (TaskState.OVER, TaskChange.FINISH): TaskState.DONE,
}


@dataclass(frozen=True, slots=True)
class BatchTimes:
    """When (ms since the epoch) what happened to a batch; None: it did not."""

    trigger_ms: int
    paused_ms: int | None = None
    cancelled_ms: int | None = None
    closed_ms: int | None = None

    def status(self, now_ms: int) -> BatchStatus:
        """``sent``: every task is done."""
        if self.cancelled_ms is not None:
            return "cancelled"
        if self.closed_ms is not None:
            return "sent"
        if self.paused_ms is not None:
            return "paused"
        return "planned" if now_ms < self.trigger_ms else "ongoing"
