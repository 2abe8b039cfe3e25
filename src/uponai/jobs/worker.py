"""Claims ended calls, finishes their recordings, analyses them, and owes the ``call_analyzed``.

A row stays until everything is done, so a crash begins again; each step may be done twice. What a
disk refuses is tried again with growing pauses, and at last the analysis goes on without it: the
tape is kept then, and the recording is joined when somebody asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from uponai.domain.call import Call
from uponai.jobs.recordings import Recordings
from uponai.log import for_call, get
from uponai.storage.base import PostCall, Storage, StorageUnavailable, Tell
from uponai.tasks import TaskGroup, now_ms, woken

log = get("uponai.jobs")

NOTEWORTHY_MS = 2_000
"""A crash of the line holder costs up to a second of the recording."""


@dataclass(frozen=True, slots=True)
class JobPorts:
    """What the jobs need from outside. ``on_finished`` wakes the webhook worker."""

    storage: Storage
    recordings: Recordings
    analyse: Callable[[Call], Mapping[str, Any]]
    tell_analyzed: Tell
    on_finished: Callable[[Call], None]


@dataclass(frozen=True, slots=True)
class JobSettings:
    """``settle_ms``: a tape that was written to within it may still grow (its writer flushes twice
    a second); it is waited for up to ``settle_limit_ms``."""

    lease_ms: int = 60_000
    poll_s: float = 1.0
    at_once: int = 4
    settle_ms: int = 1_200
    settle_limit_ms: int = 20_000
    recording_tries: int = 5
    first_pause_ms: int = 1_000
    longest_pause_ms: int = 300_000


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What became of a recording, and the ms of audio that are in it."""

    outcome: Literal["joined", "none", "later", "never"]
    audio_ms: int = 0


def _missing(call: Call, recorded: _Recorded) -> Mapping[str, Any]:
    """The record says how much of the conversation its recording lacks."""
    missing_ms = (call.duration_ms or 0) - recorded.audio_ms
    if recorded.outcome == "never" or missing_ms < NOTEWORTHY_MS:
        return {}
    log.warning("recording is incomplete", missing_ms=missing_ms)
    return {"report": {**call.report, "recording_missing_ms": missing_ms}}


class JobWorker:
    """One host's work after calls."""

    def __init__(self, ports: JobPorts, holder: str, settings: JobSettings | None = None) -> None:
        self._ports = ports
        self._holder = holder
        self._settings = settings or JobSettings()
        self._wake = asyncio.Event()
        self._tasks = TaskGroup()
        self._jobs = TaskGroup()

    def wake(self) -> None:
        """A call ended: look now."""
        self._wake.set()

    def start(self) -> None:
        self._tasks.spawn(self._run(), name="jobs")

    async def aclose(self, grace_s: float = 0.0) -> None:
        """Claim no more; jobs under way get ``grace_s``, and come back later otherwise."""
        await self._tasks.aclose()
        if self._jobs.tasks and grace_s:
            await asyncio.wait(set(self._jobs.tasks), timeout=grace_s)
        await self._jobs.aclose()

    async def _run(self) -> None:
        await self._sweep()
        while True:
            self._wake.clear()
            try:
                if await self._claim_some():
                    continue
            except StorageUnavailable as error:
                log.error("ended calls not readable", error=str(error))
            except Exception:
                # A worker that stops would withhold every analysis.
                log.exception("ended calls not readable")
            await woken(self._wake, self._settings.poll_s)

    async def _sweep(self) -> None:
        """Tapes of calls that were finished by a process that died before it removed them."""
        try:
            for call_id in await self._ports.recordings.taped():
                call = await self._ports.storage.calls.get(call_id)
                if call is not None and call.analysis is not None:
                    await self._ports.recordings.discard_tape(call_id)
        except (StorageUnavailable, OSError) as error:
            log.warning("old tapes not removed", error=str(error))

    async def _claim_some(self) -> bool:
        free = self._settings.at_once - len(self._jobs.tasks)
        if free <= 0:
            return False
        post_calls = self._ports.storage.post_calls
        claimed = await post_calls.claim(self._holder, now_ms(), self._settings.lease_ms, free)
        for owed in claimed:
            self._jobs.spawn(self._do(owed), name=f"after {owed.call_id}")
        return bool(claimed)

    async def _do(self, owed: PostCall) -> None:
        with for_call(owed.call_id):
            try:
                await self._finish(owed)
            except StorageUnavailable as error:
                log.error("work after a call waits for the database", error=str(error))
            except Exception as error:
                log.exception("work after a call failed", tries=owed.attempts)
                await self._put_back(owed, repr(error))
            finally:
                asyncio.get_running_loop().call_soon(self._wake.set)

    async def _finish(self, owed: PostCall) -> None:
        call = await self._ports.storage.calls.get(owed.call_id)
        if call is None:
            await self._forget_deleted(owed.call_id)
            return
        recorded = _Recorded("none") if call.answered_ms is None else await self._record(owed)
        if recorded.outcome == "later":
            return
        done = await self._ports.storage.post_calls.finish(
            call.call_id,
            self._ports.analyse(call),
            _missing(call, recorded),
            self._ports.tell_analyzed,
        )
        if done is None:
            await self._forget_deleted(call.call_id)
            return
        self._ports.on_finished(done)
        if recorded.outcome == "joined":
            await self._ports.recordings.discard_tape(call.call_id)

    async def _forget_deleted(self, call_id: str) -> None:
        """A call deleted while it was worked on leaves no file: not what was joined since then, and
        not what the line holder flushed late."""
        if await self._ports.storage.calls.get(call_id) is None:
            await self._ports.recordings.forget(call_id)

    async def _record(self, owed: PostCall) -> _Recorded:
        try:
            await self._settled(owed.call_id)
            audio_ms = await self._ports.recordings.finish(owed.call_id)
            if audio_ms is not None:
                return _Recorded("joined", audio_ms)
            log.warning("nothing was recorded")
            return _Recorded("none")
        except OSError as error:
            last = owed.attempts >= self._settings.recording_tries
            log.error("recording not finished", error=str(error), tries=owed.attempts, last=last)
            if last:
                return _Recorded("never")
            await self._put_back(owed, str(error))
            return _Recorded("later")

    async def _settled(self, call_id: str) -> None:
        """The line holder may write a little longer than the conversation lasts."""
        settings = self._settings
        until_ms = now_ms() + settings.settle_limit_ms
        while now_ms() < until_ms:
            quiet_ms = await self._ports.recordings.quiet_for_ms(call_id)
            if quiet_ms is None or quiet_ms >= settings.settle_ms:
                return
            await asyncio.sleep(max(settings.settle_ms - quiet_ms, 1) / 1000)

    async def _put_back(self, owed: PostCall, error: str) -> None:
        settings = self._settings
        pause_ms = min(
            settings.first_pause_ms << min(owed.attempts - 1, 30), settings.longest_pause_ms
        )
        try:
            await self._ports.storage.post_calls.put_back(owed.call_id, now_ms() + pause_ms, error)
            await self._forget_deleted(owed.call_id)
        except StorageUnavailable:
            # Its claim runs out and it comes back by itself.
            log.error("work after a call not put back")
