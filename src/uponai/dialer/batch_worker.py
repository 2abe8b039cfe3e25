"""The I/O of batches: claims due tasks as calls, judges tasks whose call is over.

A claim writes the call, takes its slots and marks the task in one transaction, so that a crash
leaves either a task that waits or a call that the dialer knows. What is over its limit waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from uponai import log
from uponai.dialer.admit import Installation, WorkspaceLimits, limits_of
from uponai.dialer.batch import (
    Rota,
    is_finished,
    is_ready,
    next_look_ms,
    opens_ms,
    task_admission,
    windows_of,
)
from uponai.dialer.pace import account_key, level_at
from uponai.dialer.redial import policy_of, redial_at
from uponai.domain.call import Call
from uponai.domain.errors import UserError
from uponai.domain.limits import OverLimit, Variant
from uponai.storage.base import Batch, PhoneNumber, Storage, StorageUnavailable
from uponai.storage.base_batches import OpenBatch, Task
from uponai.tasks import TaskGroup, monotonic_s, now_ms, woken

MakeCall = Callable[[Batch, Task, PhoneNumber], Awaitable[tuple[Call, Variant | None]]]


@dataclass(frozen=True, slots=True)
class BatchPorts:
    """``make`` gives a task's call and the drawn variant, or raises UserError: it may not be
    called; ``on_call_added`` wakes the dialer."""

    storage: Storage
    make: MakeCall
    on_call_added: Callable[[], None]
    installation: Installation = Installation()


@dataclass(frozen=True, slots=True)
class BatchTimers:
    """``poll_s`` is the longest nap; what breaks unexpectedly is tried again after ``broken_ms``;
    batches whose creation did not come to its end are forgotten after ``unopened_ms``; limits that
    were read serve for ``turns`` calls of a workspace and not much longer than ``round_s``."""

    poll_s: float = 1.0
    broken_ms: int = 60_000
    unopened_ms: int = 3_600_000
    turns: int = 50
    round_s: float = 1.0
    at_once: int = 100


class BatchDialer:
    """Any number may run at once; each task is claimed by one of them."""

    def __init__(self, ports: BatchPorts, timers: BatchTimers | None = None) -> None:
        self._ports = ports
        self._timers = timers or BatchTimers()
        self._rota = Rota()
        self._wake = asyncio.Event()
        self._tasks = TaskGroup()
        self._swept_ms = 0
        self._log = log.get("uponai.dialer.batches")

    def wake(self) -> None:
        """A batch was added or changed, or a call ended: look now."""
        self._wake.set()

    def start(self) -> None:
        self._tasks.spawn(self._forever(), name="batches")

    async def aclose(self) -> None:
        await self._tasks.aclose()

    async def _forever(self) -> None:
        while True:
            self._wake.clear()
            nap_s = self._timers.poll_s
            try:
                nap_s = await self.look()
            except StorageUnavailable as error:
                self._log.error("batches not readable", error=str(error))
            except Exception:  # noqa: BLE001 - without this loop every batch would stand still
                self._log.exception("batches failed, go on")
            await woken(self._wake, max(nap_s, 0.001))

    async def look(self) -> float:
        """Do what is due; seconds until something will be. Raises StorageUnavailable."""
        work, at_ms = self._ports.storage.batch_work, now_ms()
        if at_ms - self._swept_ms >= self._timers.broken_ms:
            self._swept_ms = at_ms
            await work.forget_unopened(at_ms - self._timers.unopened_ms)
        judged = await self._judge()
        found = await work.opened()
        self._rota.keep(one.batch for one in found)
        for one in found:
            if is_finished(one):
                await work.close(one.batch.batch_call_id, at_ms)
        ready = [one.batch for one in found if is_ready(one, at_ms)]
        wait_ms = await _Round(self._ports, self._timers, self._rota).run(ready) if ready else None
        if judged:
            return 0.0
        return self._nap_s(found, ready, wait_ms)

    def _nap_s(self, found: list[OpenBatch], ready: list[Batch], wait_ms: int | None) -> float:
        at_ms = now_ms()
        waits = [] if wait_ms is None else [wait_ms]
        for one in found:
            look_ms = next_look_ms(one, at_ms)
            if look_ms is not None and one.batch not in ready:
                waits.append(look_ms - at_ms)
        return max(min([self._timers.poll_s, *(wait / 1000 for wait in waits)]), 0.0)

    async def _judge(self) -> bool:
        """Whether there was anything: what follows a call that is over."""
        work = self._ports.storage.batch_work
        over = await work.over(self._timers.at_once)
        for batch, task in over:
            again_ms = redial_at(
                policy_of(batch.settings),
                task.attempts,
                task.reason,
                answered=task.answered,
                now_ms=now_ms(),
            )
            await work.settle(task, again_ms)
        return bool(over)


class _Round:
    """Some turns for every workspace whose batches are ready, on limits as they are now."""

    def __init__(self, ports: BatchPorts, timers: BatchTimers, rota: Rota) -> None:
        self._ports = ports
        self._timers = timers
        self._rota = rota
        self._due: dict[str, deque[Task]] = {}
        self._limits: dict[str, WorkspaceLimits] = {}
        self._numbers: dict[str, PhoneNumber | None] = {}
        self._slowed: dict[str, int] = {}
        self._full: dict[str, int] = {}
        self._spent: set[str] = set()
        self._log = log.get("uponai.dialer.batches")

    async def run(self, ready: list[Batch]) -> int | None:
        """Ms until a used-up rate has a slot again; 0: there is more to do; None: nobody knows."""
        until_s = monotonic_s() + self._timers.round_s
        for _ in range(self._timers.turns):
            left = [batch for batch in ready if batch.batch_call_id not in self._spent]
            claimed = [await self._workspace_turn(own) for own in self._rota.order(left)]
            if not any(claimed):
                break
            if monotonic_s() >= until_s:
                return 0
        else:
            return 0
        return min(self._full.values(), default=None)

    async def _workspace_turn(self, batches: list[Batch]) -> bool:
        """One call for the first of them that can have one."""
        for batch in batches:
            if await self._turn(batch):
                self._rota.served(batch)
                return True
            self._spent.add(batch.batch_call_id)
        return False

    async def _turn(self, batch: Batch) -> bool:
        """Whether a call of this batch was added. False: it gets none in this round."""
        limits = await self._limits_of(batch.workspace_id)
        number = await self._number_of(batch)
        while (task := await self._next(batch, limits)) is not None:
            try:
                if await self._claimed(batch, task, number, limits):
                    self._ports.on_call_added()
                    return True
                if not await self._still_going(batch):
                    return False
            except OverLimit as over:
                if over.key:
                    self._full[over.key] = over.wait_ms
                return False
            except UserError as error:
                await self._ports.storage.batch_work.refuse(task, error.code)
            except StorageUnavailable:
                raise
            except Exception:  # noqa: BLE001 - one task must not hold up all others
                self._log.exception("task cannot be called yet", batch_call_id=batch.batch_call_id)
                later_ms = now_ms() + self._timers.broken_ms
                await self._defer(batch, {task.position: later_ms})
        return False

    async def _claimed(
        self, batch: Batch, task: Task, number: PhoneNumber | None, limits: WorkspaceLimits
    ) -> bool:
        """False: somebody else has it, or its batch was halted. Raises UserError, OverLimit."""
        if number is None:
            raise UserError("the calling number was deleted", code="unknown_number")
        call, variant = await self._ports.make(batch, task, number)
        slowed_by = await self._slowed_by(number)
        admission = task_admission(batch, number.config, limits, slowed_by, variant)
        for pace in admission.paces:
            if pace.key in self._full:
                raise OverLimit("calls_per_second", pace.rate.calls, self._full[pace.key], pace.key)
        return await self._ports.storage.batch_work.claim(task, call, admission)

    async def _still_going(self, batch: Batch) -> bool:
        """What was not claimed was either claimed by somebody else, or its batch was halted since
        this round began: then its tasks wait on, and asking for them would never end."""
        now = await self._ports.storage.batches.get(batch.workspace_id, batch.batch_call_id)
        return now is not None and now.times.status(now_ms()) == "ongoing"

    async def _next(self, batch: Batch, limits: WorkspaceLimits) -> Task | None:
        """The next task that may be called at this hour; others are put off until theirs."""
        due = self._due.setdefault(batch.batch_call_id, deque())
        windows = windows_of(batch, limits)
        while True:
            if not due:
                due.extend(await self._fetch(batch))
            if not due:
                return None
            if not windows:
                return due.popleft()
            await self._put_off(batch, due, limits)
            if due:
                return due.popleft()

    async def _fetch(self, batch: Batch) -> list[Task]:
        work = self._ports.storage.batch_work
        return await work.due(batch.batch_call_id, now_ms(), self._timers.at_once)

    async def _put_off(self, batch: Batch, due: deque[Task], limits: WorkspaceLimits) -> None:
        """Keep in ``due`` what may be called now; what never may is refused."""
        at_ms, windows = now_ms(), windows_of(batch, limits)
        later: dict[int, int] = {}
        tasks = list(due)
        due.clear()
        for task in tasks:
            opens = opens_ms(windows, str(task.request.get("to_number")), at_ms)
            if opens is None:
                await self._ports.storage.batch_work.refuse(task, "outside_calling_hours")
            elif opens > at_ms:
                later[task.position] = opens
            else:
                due.append(task)
        await self._defer(batch, later)

    async def _defer(self, batch: Batch, later: Mapping[int, int]) -> None:
        if later:
            await self._ports.storage.batch_work.defer(batch.batch_call_id, later)

    async def _limits_of(self, workspace_id: str) -> WorkspaceLimits:
        if workspace_id not in self._limits:
            stored = await self._ports.storage.limits.settings(workspace_id)
            limits = limits_of(stored, self._ports.installation, now_ms())
            self._limits[workspace_id] = limits
        return self._limits[workspace_id]

    async def _number_of(self, batch: Batch) -> PhoneNumber | None:
        key = f"{batch.workspace_id}/{batch.from_number}"
        if key not in self._numbers:
            numbers = self._ports.storage.numbers
            self._numbers[key] = await numbers.get(batch.from_number, batch.workspace_id)
        return self._numbers[key]

    async def _slowed_by(self, number: PhoneNumber) -> int:
        key = account_key(number.carrier, number.config)
        if key not in self._slowed:
            slowdown = await self._ports.storage.limits.slowdown(key)
            self._slowed[key] = level_at(slowdown, now_ms())
        return self._slowed[key]
