"""The I/O of leases: renewing those that this host holds, reaping those that ran out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from uponai.cluster.lease import HeldLeases
from uponai.cluster.lines import LinesSeen
from uponai.cluster.reaper import (
    Ask,
    Finish,
    Limits,
    Lose,
    Release,
    Wait,
    last_fields,
    said,
    verdict,
)
from uponai.domain.call import Call, CallChange, Checkpoint
from uponai.domain.ending import Ending
from uponai.log import for_call, get
from uponai.storage.base import Calls, Storage, StorageUnavailable, Tell
from uponai.tasks import TaskGroup, now_ms, woken

log = get("uponai.cluster")


@dataclass(frozen=True, slots=True)
class ClusterTimers:
    """``lease_ms`` must be several times ``renew_ms``."""

    lease_ms: int = 15_000
    renew_ms: int = 5_000
    reap_ms: int = 5_000


class LeaseKeeper:
    """Renews the leases of the calls that this host's dialer follows."""

    def __init__(
        self, calls: Calls, timers: ClusterTimers | None = None, held: HeldLeases | None = None
    ) -> None:
        self._calls = calls
        self._timers = timers or ClusterTimers()
        self._held = held or HeldLeases()
        self._tasks = TaskGroup()

    def hold(self, call_id: str, holder: str) -> None:
        """Its lease was just taken: renew it until ``let_go``."""
        self._held.hold(call_id, holder, now_ms())

    def let_go(self, call_id: str, holder: str) -> None:
        """Somebody else follows it now, or it is over."""
        self._held.let_go(call_id, holder)

    @property
    def call_ids(self) -> frozenset[str]:
        """Every call that is held."""
        return self._held.call_ids

    def start(self) -> None:
        self._tasks.spawn(self._renew_forever(), name="renew leases")

    async def aclose(self) -> None:
        await self._tasks.aclose()

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(self._timers.renew_ms / 1000)
            for holder, call_ids in self._held.due(now_ms()).items():
                await self._renew(holder, call_ids)

    async def _renew(self, holder: str, call_ids: list[str]) -> None:
        try:
            kept = await self._calls.renew(call_ids, holder, now_ms(), self._timers.lease_ms)
        except StorageUnavailable as error:
            log.error("leases not renewed", error=str(error), calls=len(call_ids))
            return
        except Exception:
            # A keeper that stops would lose every call of this host.
            log.exception("leases not renewed")
            return
        for call_id in call_ids:
            if call_id not in kept:
                self._held.let_go(call_id, holder)


@dataclass(frozen=True, slots=True)
class ReaperPorts:
    """What the reaper needs from outside. ``report`` makes the record of a conversation from its
    last checkpoint; ``ask_lines`` has the line holders list their lines soon (``lines_held``);
    ``ask`` has a call's carrier asked what became of it, and the answer written."""

    storage: Storage
    report: Callable[[Checkpoint | None], Mapping[str, Any]]
    tell_ended: Tell
    on_released: Callable[[], None]
    ask_lines: Callable[[], Awaitable[None]]
    ask: Callable[[Call], None]


@dataclass(frozen=True, slots=True)
class ReaperSettings:
    timers: ClusterTimers = field(default_factory=ClusterTimers)
    limits: Limits = field(default_factory=Limits)
    at_once: int = 500
    keys_at_once: int = 1_000


class Reaper:
    """Ends, or puts back, the calls that nobody holds any more. Any number may run at once."""

    def __init__(
        self, ports: ReaperPorts, holder: str, settings: ReaperSettings | None = None
    ) -> None:
        self._ports = ports
        self._holder = holder
        self._settings = settings or ReaperSettings()
        self._lines = LinesSeen()
        self._blind_until_ms = 0
        self._wake = asyncio.Event()
        self._tasks = TaskGroup()

    def start(self) -> None:
        self._tasks.spawn(self._reap_forever(), name="reaper")

    def wake(self) -> None:
        """A line ended, or the like: look now."""
        self._wake.set()

    def lines_held(self, source: str, call_ids: Collection[str]) -> None:
        """A line holder has listed the calls of all its lines."""
        self._lines.told(source, call_ids, now_ms())

    async def aclose(self) -> None:
        await self._tasks.aclose()

    async def _reap_forever(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self.reap()
            except StorageUnavailable as error:
                # Those who hold calls could not renew either: give them time to do it.
                self._blind_until_ms = now_ms() + self._settings.timers.lease_ms
                log.error("abandoned calls not readable", error=str(error))
            except Exception:
                # Without a reaper calls would stay open for ever.
                log.exception("reaper failed, goes on")
            await woken(self._wake, self._settings.timers.reap_ms / 1000)

    async def reap(self) -> None:
        """Judge every abandoned call once. Raises StorageUnavailable."""
        storage = self._ports.storage
        at_ms = now_ms()
        abandoned = await storage.calls.abandoned(at_ms, self._settings.at_once)
        await storage.leases.forget_keys(at_ms, self._settings.keys_at_once)
        if at_ms < self._blind_until_ms:
            return
        waiting = False
        for call in abandoned:
            with for_call(call.call_id):
                waiting |= await self._judge_one(call, at_ms)
        if waiting:
            await self._ports.ask_lines()

    async def _judge_one(self, call: Call, at_ms: int) -> bool:
        try:
            return await self._judge(call, at_ms)
        except StorageUnavailable:
            raise
        except Exception:
            # One call that cannot be ended must not keep all others open.
            log.exception("abandoned call cannot be judged")
            return False

    async def _judge(self, call: Call, at_ms: int) -> bool:
        """Whether news of its line is wanted."""
        seen = self._lines.line_of(call.call_id, call.lease_until_ms)
        decided = verdict(call, seen, at_ms, self._settings.limits)
        match decided:
            case Wait():
                return True
            case Release():
                await self._release(call)
            case Lose():
                if await self._change(call, CallChange.LOSE):
                    self._ports.ask(call)
                return True
            case Ask():
                self._ports.ask(call)
                return True
            case Finish():
                await self._finish(call, decided.ending)
            case _:
                assert_never(decided)
        return False

    async def _change(self, call: Call, change: CallChange) -> bool:
        calls = self._ports.storage.calls
        changed = await calls.change(call.call_id, call.fence, change, {})
        log.warning("abandoned call", change=str(change), state=str(call.state))
        return changed is not None

    async def _release(self, call: Call) -> None:
        if await self._change(call, CallChange.RELEASE):
            self._ports.on_released()

    async def _finish(self, call: Call, ending: Ending) -> None:
        """With a fence of our own, so that a holder that comes back late writes no more."""
        storage = self._ports.storage
        lease_ms = self._settings.timers.lease_ms
        seized = await storage.leases.seize(call.call_id, self._holder, now_ms(), lease_ms)
        if seized is None:
            return
        checkpoint = await storage.checkpoints.last(call.call_id)
        # What the line holder said may have come since the call was read; the lease of the
        # former holder, which dates the end where nobody said anything, only the read one has.
        call = replace(call, line=seized.line)
        left = checkpoint.ending if checkpoint is not None else None
        if left is None:
            ending, fields = said(call) or ending, last_fields(call, checkpoint)
        else:
            # Its brain knew how it ended and could not write it.
            ending, fields = left[0], dict[str, Any](left[1])
        if call.answered_ms is not None:
            fields["report"] = self._report(checkpoint)
        ended = await storage.calls.end(
            call.call_id, seized.fence, ending, fields, self._ports.tell_ended
        )
        if ended is not None:
            log.warning("abandoned call ended", reason=ending.reason, detail=ending.detail)

    def _report(self, checkpoint: Checkpoint | None) -> Mapping[str, Any]:
        try:
            return self._ports.report(checkpoint)
        except Exception:
            # An ending without a transcript is better than none.
            log.exception("checkpoint cannot be read")
            return {}
