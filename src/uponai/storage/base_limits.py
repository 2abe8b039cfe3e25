"""What the rest of the platform asks of storage about limits (part of ``storage.base``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from uponai.domain.limits import InUse, Pace, Slowdown, Turn, VariantCount


class Limits(Protocol):
    """Settings of limits, slots outside an admission, pacing, variants, numbers not to be called.

    Where the database has a clock of its own, slots of pace go by that and not by ``now_ms``.
    """

    async def settings(self, workspace_id: str) -> Mapping[str, Any]:
        """As ``change_settings`` left them; empty for a workspace that never changed any."""
        ...

    async def change_settings(
        self,
        workspace_id: str,
        change: Callable[[Mapping[str, Any]], Mapping[str, Any]],
        now_ms: int,
    ) -> Mapping[str, Any]:
        """Replace the settings by what ``change`` makes of them; changes at once queue up."""
        ...

    async def in_use(self, workspace_id: str) -> InUse: ...

    async def take_slot(self, call_id: str, ceiling: int, reserved: int = 0) -> bool:
        """A concurrency slot for a call that was added without one. False: none is free, or the
        call is over."""
        ...

    async def pace(self, paces: Sequence[Pace], now_ms: int) -> Turn:
        """Take a slot of each rate, or of none and hear how long to wait before asking again."""
        ...

    async def went(self, turn: Turn, now_ms: int) -> None:
        """The call left only now: its slots are free again a window from now."""
        ...

    async def slowdown(self, key: str) -> Slowdown: ...

    async def change_slowdown(self, key: str, change: Callable[[Slowdown], Slowdown]) -> Slowdown:
        """Replace it by what ``change`` makes of it; hosts that ask at once queue up."""
        ...

    async def variants(self, workspace_id: str, phone_number: str) -> list[VariantCount]:
        """What came of the calls over this number, by drawn agent, version and weight."""
        ...

    async def may_not_be_called(self, workspace_id: str, phone_number: str) -> bool: ...

    async def set_do_not_call(
        self, workspace_id: str, phone_number: str, now_ms: int, *, wanted: bool
    ) -> None: ...
