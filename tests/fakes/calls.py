"""Calls and checkpoints in memory, with the fence and first-ending rules of the storage suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from uponai.domain.call import TRANSITIONS, Call, CallChange, CallState, Checkpoint, state_after
from uponai.domain.ending import Ending
from uponai.storage.base import StorageUnavailable, Tell, tell_nobody


class FakeCalls:
    """The part of ``Calls`` that a brain uses. ``down`` makes every request fail,
    ``endings_down`` only the writing of endings."""

    def __init__(self, *calls: Call) -> None:
        self.rows = {call.call_id: call for call in calls}
        self.told: list[str] = []
        self.down = False
        self.endings_down = False
        self.renewals = 0

    def _check(self) -> None:
        if self.down:
            raise StorageUnavailable("down")

    async def get(self, call_id: str, workspace_id: str | None = None) -> Call | None:
        del workspace_id
        self._check()
        return self.rows.get(call_id)

    async def take_over(
        self, call_id: str, holder: str, fence: int, now_ms: int, lease_ms: int
    ) -> Call | None:
        self._check()
        call = self.rows.get(call_id)
        if call is None or call.fence != fence or call.state is CallState.ENDED:
            return None
        self.rows[call_id] = replace(call, lease_holder=holder, lease_until_ms=now_ms + lease_ms)
        return self.rows[call_id]

    async def renew(
        self, call_ids: Sequence[str], holder: str, now_ms: int, lease_ms: int
    ) -> set[str]:
        del now_ms, lease_ms
        self._check()
        self.renewals += 1
        return {id for id in call_ids if self.rows[id].lease_holder == holder}

    async def change(
        self,
        call_id: str,
        fence: int,
        change: CallChange,
        fields: Mapping[str, Any],
        tell: Tell = tell_nobody,
    ) -> Call | None:
        self._check()
        call = self.rows[call_id]
        if fence != call.fence or (call.state, change) not in TRANSITIONS:
            return None
        state = state_after(call.state, change)
        changed = self.rows[call_id] = replace(call, state=state, **fields)
        self.told += [one.event for one in tell(changed)]
        return changed

    async def end(
        self,
        call_id: str,
        fence: int | None,
        ending: Ending,
        fields: Mapping[str, Any],
        tell: Tell = tell_nobody,
    ) -> Call | None:
        self._check()
        if self.endings_down:
            raise StorageUnavailable("down")
        call = self.rows[call_id]
        if call.state is CallState.ENDED or fence not in (None, call.fence):
            return None
        ended: dict[str, Any] = {**fields, "state": CallState.ENDED, "ending": ending}
        after = replace(call, **ended)
        self.told += [webhook.event for webhook in tell(after)]
        self.rows[call_id] = after
        return after


class FakeCheckpoints:
    """The newest checkpoint of each call. The next ``failures`` writes fail: ``refused``."""

    def __init__(self) -> None:
        self.rows: dict[str, Checkpoint] = {}
        self.refused: list[Checkpoint] = []
        self.saved: list[int] = []
        self.failures = 0
        self.stale = False

    async def save(self, checkpoint: Checkpoint) -> bool:
        if self.failures > 0:
            self.failures -= 1
            self.refused.append(checkpoint)
            raise StorageUnavailable("down")
        if self.stale:
            return False
        self.saved.append(checkpoint.turn)
        known = self.rows.get(checkpoint.call_id, checkpoint)
        newer = checkpoint.turn >= known.turn or checkpoint.fence > known.fence
        self.rows[checkpoint.call_id] = checkpoint if newer else known
        return True

    async def last(self, call_id: str) -> Checkpoint | None:
        return self.rows.get(call_id)
