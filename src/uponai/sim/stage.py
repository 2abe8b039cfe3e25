"""The stage of a demo: a platform on a fresh database, a callee, and a customer's receiver.

Platform and callee are processes of their own, started as a user would start them. Nothing of it
outlives ``aclose``: no process, no socket, no file (unless the stage is to be kept).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiohttp

from uponai import config as settings
from uponai.ports import free_port
from uponai.sim.process import ChildDied, ChildProcess
from uponai.sim.receiver import Receiver, Verify
from uponai.sim.scenario import Scenario
from uponai.sim.waiting import Say, patiently
from uponai.tasks import monotonic_s

START_LIMIT_S = 90.0
_POLL_S = 0.05
_UPONAI = [sys.executable, "-m", "uponai"]


class StageError(Exception):
    """The stage cannot be set up; the text says why."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """What is needed besides the platform.

    ``target`` is ``host:port`` of somebody else to phone; without one the stage has a callee of its
    own. ``sip_host`` is where the platform's phone listens, ``public_host`` what it tells the far
    side. ``extra`` are more settings of the platform (dotted names).
    """

    target: str = ""
    keep: bool = False
    sip_host: str = "127.0.0.1"
    public_host: str = ""
    extra: Mapping[str, str] = field(default_factory=dict[str, str])


class Stage:
    """``open`` it, use ``url``, ``api_key``, ``receiver`` and ``target``, ``aclose`` it."""

    def __init__(self, plan: StagePlan, verify: Verify, api_key: str, say: Say) -> None:
        self._plan = plan
        self._say = say
        self.api_key = api_key
        self.receiver = Receiver(verify)
        self.url = ""
        self.target = plan.target
        self.data = Path()
        self._platform: ChildProcess | None = None
        self._callee: ChildProcess | None = None

    async def open(self, scenario: Scenario | None) -> None:
        """Start everything and wait until it is ready. Raises StageError."""
        self.data = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="uponai-demo-"))
        if not self.target:
            self.target = f"127.0.0.1:{free_port('127.0.0.1')}"
        try:
            await self.receiver.start()
            self._platform = self._platform_process()
            await self._platform.start()
            if scenario is not None:
                await self._start_callee(scenario)
            await patiently("starting the platform", self._platform_ready(), self._say)
            if scenario is not None:
                await self._callee_ready()
        except (OSError, ChildDied) as error:
            raise StageError(str(error)) from error

    async def play(self, scenario: Scenario) -> None:
        """Put another callee on the same address. Raises StageError."""
        if self._callee is not None:
            await self._callee.stop()
        try:
            await self._start_callee(scenario)
            await self._callee_ready()
        except (OSError, ChildDied) as error:
            raise StageError(str(error)) from error

    async def aclose(self) -> None:
        """End all processes, then remove all files that were not asked to be kept."""
        for process in (self._platform, self._callee):
            if process is not None:
                await process.stop()
        await self.receiver.aclose()
        if not self._plan.keep and self.data != Path():
            await asyncio.to_thread(shutil.rmtree, self.data, ignore_errors=True)

    def _platform_process(self) -> ChildProcess:
        plan = self._plan
        allowed = (self.target, self.receiver.authority)
        # What the user's environment may say of another installation must not reach this one.
        silenced = ("config", "public_url", "webhook_url", "models.stt", "models.tts")
        env = settings.child_environment(
            {
                **dict.fromkeys(silenced, ""),
                "data_dir": str(self.data),
                "database_url": f"sqlite:///{self.data / 'uponai.db'}",
                "host": "127.0.0.1",
                "api_key": self.api_key,
                "allow_private_targets": ",".join(allowed),
                "edge.sip_host": plan.sip_host,
                "edge.public_host": plan.public_host,
                "edge.control_port": 0,
                "edge.control_token": "",
                "concurrency_limit": 400,
                "cps.custom": 20,
                **plan.extra,
            }
        )
        argv = [*_UPONAI, "serve", "--port", "0", "--sip-port", "0", "--data", str(self.data)]
        return ChildProcess("platform", [*argv, "--supervised"], env, self.data / "platform.log")

    async def _start_callee(self, scenario: Scenario) -> None:
        folder = self.data / "callee"
        await asyncio.to_thread(folder.mkdir, exist_ok=True)
        env = settings.child_environment({"config": "", "models.stt": "", "models.tts": ""})
        # Linear algebra threads of numpy spin while they wait and take the cores from the models.
        env = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **env}
        port = self.target.rpartition(":")[2]
        argv = [*_UPONAI, "callee", "--sip-port", port, "--scenario", scenario.value]
        argv += ["--data", str(folder), "--supervised"]
        self._callee = ChildProcess("callee", argv, env, self.data / "callee.log")
        await self._callee.start()

    async def _callee_ready(self) -> None:
        assert self._callee is not None
        waiting = asyncio.wait_for(self._callee.first_line(), START_LIMIT_S)
        try:
            line = await patiently("starting the callee", waiting, self._say)
        except TimeoutError:
            raise ChildDied(self._callee.obituary()) from None
        said = cast(dict[str, Any], json.loads(line))
        self.target = str(said["sip"])

    async def _platform_ready(self) -> None:
        assert self._platform is not None
        until_s = monotonic_s() + START_LIMIT_S
        address_file = self.data / "run" / "address.json"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2.0)) as session:
            while monotonic_s() < until_s:
                self._platform.check()
                self.url = self.url or await asyncio.to_thread(_url_in, address_file)
                if self.url and await _healthy(session, f"{self.url}/health"):
                    return
                await asyncio.sleep(_POLL_S)
        raise ChildDied(f"the platform is not ready after {START_LIMIT_S:.0f} s")


def new_api_key() -> str:
    """An API key for an installation that lives as long as a demo."""
    return f"key_{secrets.token_hex(16)}"


def _url_in(address_file: Path) -> str:
    """What the supervisor wrote; empty while it has written nothing (or half of it)."""
    try:
        return str(json.loads(address_file.read_text())["url"])
    except (OSError, ValueError, KeyError):
        return ""


async def _healthy(session: aiohttp.ClientSession, url: str) -> bool:
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        async with session.get(url) as response:
            return response.status == 200
    return False
