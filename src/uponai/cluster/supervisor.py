"""Keeps the processes of one machine alive: edge and platform, each started again when it dies
or is stuck.

A child's standard input is a pipe that closes when the supervisor dies, however it dies, so that
no child outlives it. Listening sockets and ports are chosen once here, so a restarted child comes
back in the same place.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from uponai import log
from uponai.cluster.heartbeat import HeartbeatRule, Pulse
from uponai.tasks import TaskGroup, monotonic_s

_FIRST_DELAY_S = 0.1
_LONGEST_DELAY_S = 5.0
_HEALTHY_AFTER_S = 20.0
_LAST_GRACE_S = 30.0


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One process to keep alive. ``fds`` are inherited under the same numbers.

    With ``heartbeat`` it is given ``--heartbeat-fd N``, and is killed and started again when it has
    not written there for too long.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    fds: tuple[int, ...] = ()
    grace_s: float = 10.0
    heartbeat: HeartbeatRule | None = None


@dataclass(slots=True)
class _Child:
    spec: ChildSpec
    process: asyncio.subprocess.Process | None = None
    up_since_s: float = field(default=0.0)


class Supervisor:
    """Runs children, restarts the dead, ends them in order: the line holder first, so that the
    platform is still there to write how its calls ended."""

    def __init__(self, children: Sequence[ChildSpec], pid_dir: Path) -> None:
        self._children = [_Child(spec) for spec in children]
        self._pid_dir = pid_dir
        self._stopping = asyncio.Event()
        self._tasks = TaskGroup()
        self._log = log.get("uponai.supervisor")

    def stop(self) -> None:
        """End everything; ``run`` then returns."""
        self._stopping.set()

    async def run(self) -> None:
        """Start the children and keep them up until ``stop`` or SIGTERM/SIGINT."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self.stop)
        self._pid_dir.mkdir(parents=True, exist_ok=True)
        for child in self._children:
            self._tasks.spawn(self._keep_up(child), name=f"supervise {child.spec.name}")
        await self._stopping.wait()
        await self._tasks.aclose()
        for child in self._children:
            await self._end(child)

    async def _keep_up(self, child: _Child) -> None:
        delay_s = _FIRST_DELAY_S
        while True:
            code = await self._live(child)
            lived_s = monotonic_s() - child.up_since_s
            delay_s = _FIRST_DELAY_S if lived_s > _HEALTHY_AFTER_S else delay_s
            self._log.error(
                "child died", child=child.spec.name, code=code, restart_in_s=round(delay_s, 2)
            )
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, _LONGEST_DELAY_S)

    async def _live(self, child: _Child) -> int | None:
        """Start it and wait for its end; None: the machine did not let it start."""
        child.up_since_s = monotonic_s()
        rule = child.spec.heartbeat
        try:
            if rule is not None:
                return await self._live_watched(child, rule)
            process = await self._start(child)
        except OSError as error:
            self._log.error("child not started", child=child.spec.name, error=str(error))
            return None
        return await process.wait()

    async def _live_watched(self, child: _Child, rule: HeartbeatRule) -> int | None:
        loop = asyncio.get_running_loop()
        source, sink = os.pipe()
        try:
            try:
                process = await self._start(child, sink)
            finally:
                os.close(sink)
            pulse = Pulse(rule, monotonic_s())

            def heard() -> None:
                if os.read(source, 4096):
                    pulse.beat()
                else:
                    loop.remove_reader(source)

            loop.add_reader(source, heard)
            watch = self._kill_when_stuck(child.spec.name, process, pulse, rule.look_s)
            watching = self._tasks.spawn(watch, name=f"watch {child.spec.name}")
            try:
                return await process.wait()
            finally:
                watching.cancel()
                loop.remove_reader(source)
        finally:
            os.close(source)

    async def _kill_when_stuck(
        self, name: str, process: asyncio.subprocess.Process, pulse: Pulse, look_s: float
    ) -> None:
        while True:
            await asyncio.sleep(look_s)
            if pulse.is_stuck(monotonic_s()):
                break
        self._log.error("child stuck", child=name, silent_s=round(pulse.silent_s, 1))
        with contextlib.suppress(ProcessLookupError):
            process.kill()

    async def _start(
        self, child: _Child, heartbeat_fd: int | None = None
    ) -> asyncio.subprocess.Process:
        spec = child.spec
        more = [] if heartbeat_fd is None else [heartbeat_fd]
        process = child.process = await asyncio.create_subprocess_exec(
            *spec.argv,
            *(word for fd in more for word in ("--heartbeat-fd", str(fd))),
            env=dict(spec.env),
            stdin=asyncio.subprocess.PIPE,
            pass_fds=(*spec.fds, *more),
            start_new_session=True,
        )
        try:
            (self._pid_dir / f"{child.spec.name}.pid").write_text(f"{process.pid}\n")
        except OSError as error:
            # A full disk must not cost us the watch over the child.
            self._log.error("pid not written", child=child.spec.name, error=str(error))
        self._log.info("child started", child=child.spec.name, pid=process.pid)
        return process

    async def _end(self, child: _Child) -> None:
        process = child.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), child.spec.grace_s)
        except TimeoutError:
            self._log.error("child does not end", child=child.spec.name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        with contextlib.suppress(OSError):
            (self._pid_dir / f"{child.spec.name}.pid").unlink()


async def parent_gone(stdin_fd: int = 0, last_grace_s: float = _LAST_GRACE_S) -> None:
    """Returns when the supervisor's end of our standard input closes (it died or let go).

    From then on the process has ``last_grace_s`` to end by itself: a thread watches, so that one
    whose loop hangs does not hold its ports and leases for ever.
    """
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(stdin_fd, 4096):
                pass
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(gone.set)
        time_left = threading.Event()
        time_left.wait(last_grace_s)
        os._exit(1)

    threading.Thread(target=watch, name="watch supervisor", daemon=True).start()
    await gone.wait()
