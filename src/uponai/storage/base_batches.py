"""What the rest of the platform asks of storage about batches (part of ``storage.base``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from uponai.domain.batch import BatchTimes, TaskState
from uponai.domain.call import Call
from uponai.domain.limits import Admission


@dataclass(frozen=True, slots=True)
class Batch:
    """Calls to be placed together from one number. ``settings`` holds the wire's
    ``call_time_window``, ``reserved_concurrency`` and ``redial_policy`` where given.
    """

    batch_call_id: str
    workspace_id: str
    name: str
    from_number: str
    trigger_ms: int
    task_count: int
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    created_ms: int = 0
    paused_ms: int | None = None
    cancelled_ms: int | None = None
    closed_ms: int | None = None

    @property
    def times(self) -> BatchTimes:
        return BatchTimes(self.trigger_ms, self.paused_ms, self.cancelled_ms, self.closed_ms)


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that is not closed. ``due_ms``: when its next task is, None: none waits; ``busy``:
    some task's call is not over, or not judged; ``wanted_until_ms``: until then its workspace's
    slots are left to a single call that was refused."""

    batch: Batch
    due_ms: int | None
    busy: bool
    wanted_until_ms: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """One task. ``request`` is the wire object of the call to place; ``call_id``, ``reason`` (a
    ``disconnection_reason``, or the code of a refusal) and ``answered`` are those of its last
    call; ``attempts`` counts its calls."""

    batch_call_id: str
    position: int
    request: Mapping[str, Any]
    state: TaskState = TaskState.WAITING
    due_ms: int = 0
    attempts: int = 0
    call_id: str | None = None
    reason: str | None = None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class TaskCount:
    """How many tasks stand so; ``attempts`` are their calls."""

    state: TaskState
    reason: str | None
    answered: bool
    tasks: int
    attempts: int


class Batches(Protocol):
    """Batches and their tasks, as users see them.

    A batch is written in pieces and seen by nobody until it is opened.
    """

    async def begin(self, batch: Batch) -> None: ...

    async def add_tasks(
        self, batch: Batch, first: int, requests: Sequence[Mapping[str, Any]]
    ) -> None:
        """Tasks from position ``first`` on, of a batch that is not opened."""
        ...

    async def open(self, batch_call_id: str, task_count: int, now_ms: int) -> None:
        """From now on it is seen, and its tasks are placed when they are due."""
        ...

    async def discard(self, batch_call_id: str) -> None:
        """Forget a batch that was not opened."""
        ...

    async def get(self, workspace_id: str, batch_call_id: str) -> Batch | None: ...

    async def newest(
        self, workspace_id: str, limit: int, before: tuple[int, str] | None = None
    ) -> list[Batch]:
        """Newest first; ``before`` is an exclusive cursor (created_ms, batch_call_id)."""
        ...

    async def tasks(self, batch_call_id: str, after: int = -1, limit: int = 1000) -> list[Task]:
        """In the order given, those behind position ``after``."""
        ...

    async def counts(self, batch_call_id: str) -> list[TaskCount]: ...

    async def mark(
        self,
        workspace_id: str,
        batch_call_id: str,
        what: Literal["pause", "resume", "cancel"],
        now_ms: int,
    ) -> Batch | None:
        """The batch after it, as it was when it is cancelled or closed; None: there is none."""
        ...


class BatchWork(Protocol):
    """Batches and their tasks, as who places the calls sees them.

    Every change of a task is compare-and-set on its state.
    """

    async def forget_unopened(self, before_ms: int) -> int:
        """Those that were begun before that and left behind; how many."""
        ...

    async def opened(self) -> list[OpenBatch]:
        """Every batch that is not closed."""
        ...

    async def due(self, batch_call_id: str, now_ms: int, limit: int) -> list[Task]:
        """Tasks that wait and whose time has come, by their time, then in the order given."""
        ...

    async def claim(self, task: Task, call: Call, admission: Admission) -> bool:
        """Write the task's call and take its slots, all in one transaction.

        False: the task is somebody else's by now, or its batch is paused or cancelled. Raises
        OverLimit; then nothing is written and the task waits on.
        """
        ...

    async def defer(self, batch_call_id: str, due_ms: Mapping[int, int]) -> None:
        """Let waiting tasks (by position) wait until a later time."""
        ...

    async def refuse(self, task: Task, reason: str) -> bool:
        """Finish a task that waits and may not be called."""
        ...

    async def leave_slots(self, workspace_id: str, until_ms: int) -> None:
        """Begin no task of the workspace until then: a single call was refused and will be tried
        again. Harmless and cheap where there is no batch."""
        ...

    async def over(self, limit: int) -> list[tuple[Batch, Task]]:
        """Tasks whose call is over and who wait to be judged."""
        ...

    async def settle(self, task: Task, redial_ms: int | None) -> bool:
        """Finish a task whose call is over, or let it wait for another call at ``redial_ms``."""
        ...

    async def close(self, batch_call_id: str, now_ms: int) -> bool:
        """Close it unless some task is still to be called or judged."""
        ...
