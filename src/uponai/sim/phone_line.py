"""A simulated trunk's line as a child process (``trunk_line``), spoken to over its edge's control
channel."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import aiohttp

from uponai import config as settings
from uponai import log
from uponai.link import control
from uponai.link.codec import LinkError
from uponai.ports import free_port
from uponai.sim.process import ChildDied, ChildProcess
from uponai.sim.scenario import Directory
from uponai.tasks import TaskGroup, monotonic_s

START_LIMIT_S = 30.0
_POLL_S = 0.05

OnEvent = Callable[[control.Event], None]


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Where the phone is reached, and who answers it.

    Port 0 takes a free one. ``token`` also opens the people's end of the media link; ``cps`` and
    ``concurrency`` (0: any) are the trunk's limits.
    """

    data: Path
    directory: Directory = Directory()
    token: str = field(default="", repr=False)
    sip_host: str = "127.0.0.1"
    sip_port: int = 0
    rtp_first: int = 40_000
    rtp_last: int = 44_998
    cps: int = 100
    concurrency: int = 0


class PhoneLine:
    """``start``, then ``command``; ``lost`` is set when the process has gone away by itself."""

    def __init__(self, line: LineSettings, on_event: OnEvent) -> None:
        self._line = line
        self._on_event = on_event
        self._tasks = TaskGroup()
        self._process: ChildProcess | None = None
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._outbox: asyncio.Queue[control.Command] = asyncio.Queue()
        self._log = log.get("uponai.sim.line")
        self.sip_port = line.sip_port
        self.lost = asyncio.Event()

    async def start(self, talkers_url: str) -> None:
        """Run the line and connect to it; whoever answers talks at ``talkers_url``. Raises
        ChildDied."""
        line = self._line
        self.sip_port = line.sip_port or free_port(line.sip_host)
        control_port = free_port("127.0.0.1")
        env = settings.child_environment(
            {
                "config": "",
                "data_dir": str(line.data),
                "edge.sip_host": line.sip_host,
                "edge.sip_port": self.sip_port,
                "edge.rtp_first": line.rtp_first,
                "edge.rtp_last": line.rtp_last,
                "edge.control_host": "127.0.0.1",
                "edge.control_port": control_port,
                "edge.control_token": line.token,
                "edge.record": "false",
            }
        )
        argv = [sys.executable, "-m", "uponai", "trunk-line", "--talkers-url", talkers_url]
        argv += ["--scenario", line.directory.scenario, "--network", line.directory.network]
        argv += ["--ring-ms", str(round(line.directory.ring_s * 1000))]
        argv += ["--cps", str(line.cps), "--concurrency", str(line.concurrency), "--supervised"]
        await asyncio.to_thread(line.data.mkdir, parents=True, exist_ok=True)
        self._process = ChildProcess("simulated line", argv, env, line.data / "line.log")
        await self._process.start()
        self._session = aiohttp.ClientSession()
        url = f"ws://127.0.0.1:{control_port}/control"
        self._socket = await self._connect(self._process, self._session, url)
        self._tasks.spawn(self._receive(self._socket), name="line events")
        self._tasks.spawn(self._send(self._socket), name="line commands")

    def command(self, command: control.Command) -> None:
        """Have the edge carry out ``command``, in order."""
        self._outbox.put_nowait(command)

    async def aclose(self) -> None:
        """Hang up every call and end the process."""
        await self._tasks.aclose()
        if self._socket is not None:
            await self._socket.close()
        if self._session is not None:
            await self._session.close()
        if self._process is not None:
            await self._process.stop()

    async def _connect(
        self, process: ChildProcess, session: aiohttp.ClientSession, url: str
    ) -> aiohttp.ClientWebSocketResponse:
        headers = {"Authorization": f"Bearer {self._line.token}"}
        until_s = monotonic_s() + START_LIMIT_S
        while monotonic_s() < until_s:
            process.check()
            with contextlib.suppress(aiohttp.ClientError):
                return await session.ws_connect(url, headers=headers, heartbeat=10.0)
            await asyncio.sleep(_POLL_S)
        raise ChildDied(f"{process.name} does not listen after {START_LIMIT_S:.0f} s")

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            try:
                envelope = control.decode_event(cast(str, message.data))
            except LinkError as error:
                self._log.warning("event not understood", error=str(error))
                continue
            self.command(control.Ack(envelope.boot, envelope.seq))
            self._on_event(envelope.event)
        self._log.error("the line is gone")
        self.lost.set()

    async def _send(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        with contextlib.suppress(aiohttp.ClientError, ConnectionError):
            while True:
                await socket.send_str(control.encode_command(await self._outbox.get()))


def new_token() -> str:
    """A token for a line that only its own callee may use."""
    return secrets.token_urlsafe(16)
