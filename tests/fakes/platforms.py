"""A real ``uponai serve`` in a folder of its own: supervisor, edge, platform, with short timers."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from tests.patience import PATIENCE_S, patience

from uponai.config import child_environment

KEY = "key_platform_under_test"
FINAL = ("ended", "not_connected", "error")
SHORT_TIMERS = {
    "UPONAI_TIMERS_LEASE_MS": "2000",
    "UPONAI_TIMERS_RENEW_MS": "500",
    "UPONAI_TIMERS_REAPER_MS": "300",
    "UPONAI_TIMERS_UNKNOWN_LIMIT_MS": "3000",
    "UPONAI_TIMERS_DIALER_POLL_MS": "200",
    "UPONAI_TIMERS_PUT_BACK_MS": "20",
    "UPONAI_TIMERS_OUTBOX_POLL_MS": "200",
    "UPONAI_TIMERS_POST_CALL_POLL_MS": "200",
    "UPONAI_TIMERS_BRAIN_GRACE_MS": "1500",
    "UPONAI_TIMERS_COMPANY_LIMIT_MS": "4000",
    "UPONAI_TIMERS_WEBHOOK_RETRY_MS": "200,400,800",
}
PATIENT = {
    "UPONAI_TIMERS_LEASE_MS": "15000",
    "UPONAI_TIMERS_RENEW_MS": "5000",
    "UPONAI_TIMERS_BRAIN_GRACE_MS": "5000",
    "UPONAI_TIMERS_COMPANY_LIMIT_MS": "20000",
}
"""Where nothing dies: a busy machine must not be taken for a dead one."""


@dataclass
class ServedPlatform:
    """The API of a running installation; ``request`` fails loudly on any error status."""

    url: str
    data: Path
    session: aiohttp.ClientSession
    process: asyncio.subprocess.Process

    async def request(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with self.session.request(
            method, self.url + path, json=body, headers=headers
        ) as answer:
            text = await answer.text()
            assert answer.status < 300, f"{method} {path}: {answer.status} {text}"
            return json.loads(text) if text else None

    async def add_flow_agent(self, flow: dict[str, Any], **agent: Any) -> str:
        """An agent that plays ``flow``; its id."""
        made = await self.request("POST", "/create-conversation-flow", flow)
        engine = {
            "type": "conversation-flow",
            "conversation_flow_id": made["conversation_flow_id"],
        }
        wanted = {"voice_id": "local-hana", "response_engine": engine, **agent}
        return (await self.request("POST", "/create-agent", wanted))["agent_id"]

    async def import_number(self, number: str, termination_uri: str, **more: Any) -> None:
        body = {"phone_number": number, "termination_uri": termination_uri, "transport": "UDP"}
        await self.request("POST", "/import-phone-number", body | more)

    async def call(self, number: str, to_number: str, **more: Any) -> str:
        body = {"from_number": number, "to_number": to_number, **more}
        placed = await self.request("POST", "/v2/create-phone-call", body)
        assert placed["call_status"] == "registered"
        return placed["call_id"]

    async def get(self, call_id: str) -> dict[str, Any]:
        return await self.request("GET", f"/v2/get-call/{call_id}")

    async def until_so(
        self,
        call_id: str,
        wanted: Callable[[dict[str, Any]], object],
        timeout_s: float = PATIENCE_S,
    ) -> dict[str, Any]:
        """The call once it is as ``wanted``."""
        call: dict[str, Any] = {}
        try:
            async with asyncio.timeout(timeout_s):
                while not wanted(call := await self.get(call_id)):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"still not as wanted after {timeout_s} s: {call}") from None
        return call

    async def until(
        self, call_id: str, *statuses: str, timeout_s: float = PATIENCE_S
    ) -> dict[str, Any]:
        """The call once it has one of ``statuses``."""
        return await self.until_so(call_id, lambda call: call["call_status"] in statuses, timeout_s)

    async def until_over(self, call_id: str, timeout_s: float = PATIENCE_S) -> dict[str, Any]:
        return await self.until(call_id, *FINAL, timeout_s=timeout_s)

    async def until_analyzed(self, call_id: str, timeout_s: float = PATIENCE_S) -> dict[str, Any]:
        return await self.until_so(
            call_id,
            lambda call: call["call_status"] in FINAL and "call_analysis" in call,
            timeout_s,
        )

    def sip_port(self) -> int:
        """Where its edge takes calls, as its log says."""
        log = re.sub(r"\x1b\[[0-9;]*m", "", (self.data / "log").read_text())
        return int(re.findall(r"edge listens.*sip_port=(\d+)", log)[-1])

    def kill(self, child: str) -> None:
        """``kill -9`` of the supervisor's ``edge`` or ``platform``."""
        os.kill(int((self.data / "run" / f"{child}.pid").read_text()), signal.SIGKILL)

    async def healthy(self, timeout_s: float = PATIENCE_S) -> None:
        async with asyncio.timeout(timeout_s):
            while True:
                try:
                    async with self.session.get(self.url + "/health") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                assert self.process.returncode is None, "uponai serve died"
                await asyncio.sleep(0.05)


@asynccontextmanager
async def a_platform(
    data: Path, *, targets: tuple[str, ...] = (), **env: str
) -> AsyncIterator[ServedPlatform]:
    """Serve in ``data``; calls may go to ``targets`` (host:port)."""
    words = {
        **child_environment({}),
        **SHORT_TIMERS,
        "UPONAI_API_KEY": KEY,
        "UPONAI_ALLOW_PRIVATE_TARGETS": ",".join(targets),
        "UPONAI_EDGE_SIP_HOST": "127.0.0.1",
        "UPONAI_CONCURRENCY_LIMIT": "400",
        "UPONAI_CPS_CUSTOM": "20",
        **env,
    }
    words.pop("DATABASE_URL", None)
    words |= {"DATABASE_URL": env["DATABASE_URL"]} if "DATABASE_URL" in env else {}
    data.mkdir(parents=True, exist_ok=True)
    with (data / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "uponai", "serve", "--data", str(data), "--port", "0",
            "--sip-port", "0",
            env=words, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        address = data / "run" / "address.json"
        async with patience():
            while not address.exists():
                assert process.returncode is None, (data / "log").read_text()
                await asyncio.sleep(0.05)
        url = json.loads(address.read_text())["url"]
        async with aiohttp.ClientSession() as session:
            platform = ServedPlatform(url, data, session, process)
            await platform.healthy()
            yield platform
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            async with patience():
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise AssertionError("uponai serve does not end") from None
