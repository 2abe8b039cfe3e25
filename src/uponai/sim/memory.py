"""Where a callee keeps its calls: in memory, for as long as the process lives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from uponai.domain.call import Call, CallChange, CallState, Checkpoint
from uponai.domain.ending import Ending
from uponai.storage.base import Tell, tell_nobody


class MemoryCalls:
    """Calls of one process (``storage.base.LiveCalls``); ``make`` is asked for one that is new."""

    def __init__(self, make: Callable[[str], Call]) -> None:
        self.calls: dict[str, Call] = {}
        self._make = make

    async def get(self, call_id: str, workspace_id: str | None = None) -> Call | None:
        del workspace_id
        return self.calls.get(call_id)

    async def take_over(
        self, call_id: str, holder: str, fence: int, now_ms: int, lease_ms: int
    ) -> Call | None:
        call = self.calls.get(call_id) or self._make(call_id)
        if call.fence != fence or call.state is CallState.ENDED:
            return None
        taken = replace(
            call,
            state=CallState.ANSWERED,
            lease_holder=holder,
            lease_until_ms=now_ms + lease_ms,
            answered_ms=call.answered_ms or now_ms,
        )
        self.calls[call_id] = taken
        return taken

    async def renew(
        self, call_ids: Sequence[str], holder: str, now_ms: int, lease_ms: int
    ) -> set[str]:
        del now_ms, lease_ms
        known = (self.calls.get(call_id) for call_id in call_ids)
        return {call.call_id for call in known if call and call.lease_holder == holder}

    async def change(
        self,
        call_id: str,
        fence: int,
        change: CallChange,
        fields: Mapping[str, Any],
        tell: Tell = tell_nobody,
    ) -> Call | None:
        del fence, change, tell
        call = self.calls.get(call_id)
        return call and replace(call, **fields)

    async def end(
        self,
        call_id: str,
        fence: int | None,
        ending: Ending,
        fields: Mapping[str, Any],
        tell: Tell = tell_nobody,
    ) -> Call | None:
        del fence, tell
        call = self.calls.pop(call_id, None)
        return call and replace(call, state=CallState.ENDED, ending=ending, **fields)


class MemoryCheckpoints:
    """Checkpoints are of no use to a person who phones."""

    async def save(self, checkpoint: Checkpoint) -> bool:
        del checkpoint
        return True

    async def last(self, call_id: str) -> Checkpoint | None:
        del call_id
        return None
