"""What a batch's next task must get, when it may be called, and whose turn it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from uponai.dialer.admit import WorkspaceLimits, outbound_admission
from uponai.dialer.pace import slowed_pace
from uponai.dialer.window import DEFAULT_ZONE, Hours, hours_of, next_open_ms, zones_of
from uponai.domain.limits import Admission, Variant
from uponai.storage.base import Batch
from uponai.storage.base_batches import OpenBatch

_TRIES = 64


class Rota:
    """Whose turn it is: workspaces in turn, and in each its batches in turn."""

    def __init__(self) -> None:
        self._turn = 0
        self._batches: dict[str, int] = {}
        self._workspaces: dict[str, int] = {}

    def order(self, batches: Iterable[Batch]) -> list[list[Batch]]:
        """By workspace, those first that were not served for longest."""
        mine: dict[str, list[Batch]] = {}
        for batch in batches:
            mine.setdefault(batch.workspace_id, []).append(batch)
        for own in mine.values():
            own.sort(key=lambda batch: self._batches.get(batch.batch_call_id, 0))
        return [
            own
            for _, own in sorted(mine.items(), key=lambda item: self._workspaces.get(item[0], 0))
        ]

    def served(self, batch: Batch) -> None:
        """It has had its turn."""
        self._turn += 1
        self._batches[batch.batch_call_id] = self._workspaces[batch.workspace_id] = self._turn

    def keep(self, batches: Iterable[Batch]) -> None:
        """Forget all others."""
        known = list(batches)
        ids = {batch.batch_call_id for batch in known}
        workspaces = {batch.workspace_id for batch in known}
        self._batches = {id: turn for id, turn in self._batches.items() if id in ids}
        self._workspaces = {id: turn for id, turn in self._workspaces.items() if id in workspaces}


def is_ready(found: OpenBatch, now_ms: int) -> bool:
    """Whether a task of it may be begun now, as far as the batch itself is concerned."""
    batch = found.batch
    if found.due_ms is None or batch.times.status(now_ms) != "ongoing":
        return False
    return found.due_ms <= now_ms and found.wanted_until_ms <= now_ms


def is_finished(found: OpenBatch) -> bool:
    """Nothing of it will ever be begun, and nothing goes on."""
    return not found.busy and (found.due_ms is None or found.batch.cancelled_ms is not None)


def next_look_ms(found: OpenBatch, now_ms: int) -> int | None:
    """When a task of it comes up by itself; None: not before something else happens."""
    status = found.batch.times.status(now_ms)
    if found.due_ms is None or status not in ("planned", "ongoing"):
        return None
    return max(found.due_ms, found.batch.trigger_ms, found.wanted_until_ms)


def task_admission(
    batch: Batch,
    number: Mapping[str, Any],
    limits: WorkspaceLimits,
    slowed_by: int,
    variant: Variant | None = None,
) -> Admission:
    """As for a single call, but for the burst, which is left to those; as slow as the carrier's
    complaints have made the account."""
    single = outbound_admission(batch.workspace_id, number, limits, variant)
    reserved = min(int(batch.settings.get("reserved_concurrency") or 0), limits.concurrency - 1)
    return replace(
        single,
        ceiling=limits.concurrency,
        paces=tuple(slowed_pace(pace, slowed_by) for pace in single.paces),
        batch_reserved=reserved,
    )


def windows_of(batch: Batch, limits: WorkspaceLimits) -> list[Hours]:
    """The hours within all of which its calls must be placed."""
    own = hours_of(batch.settings.get("call_time_window"), DEFAULT_ZONE)
    workspace = hours_of(limits.calling_hours)
    return [hours for hours in (own, workspace) if hours is not None]


def opens_ms(windows: Sequence[Hours], to_number: str, now_ms: int) -> int | None:
    """The first moment from ``now_ms`` on within all windows; None: there is none within weeks."""
    zoned = [(hours, zones_of(to_number, hours)) for hours in windows]
    at_ms = now_ms
    for _ in range(_TRIES):
        later = at_ms
        for hours, zones in zoned:
            opens = next_open_ms(hours, zones, later)
            if opens is None:
                return None
            later = opens
        if later == at_ms:
            return at_ms
        at_ms = later
    return None
