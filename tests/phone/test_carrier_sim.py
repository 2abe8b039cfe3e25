"""The served platform with ``uponai carrier-sim`` as its carrier: over real HTTP and WebSockets."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.platforms import ServedPlatform, a_platform

from uponai.ports import free_port
from uponai.sim.carriers.telnyx_call import TelnyxAccount
from uponai.sim.carriers.twilio_call import TwilioAccount

TWILIO, TELNYX = TwilioAccount(), TelnyxAccount()
QUICK = {
    "UPONAI_CPS_TWILIO": "5",
    "UPONAI_CPS_TELNYX": "5",
    "UPONAI_MODELS_PRELOAD": "false",
}
"""A fax tone has no words: no model but the voice activity's is loaded."""

FLOW: dict[str, Any] = {
    "start_speaker": "user",
    "start_node_id": "hello",
    "model_choice": {"type": "cascading", "model": "gpt-4.1"},
    "nodes": [
        {
            "id": "hello",
            "type": "conversation",
            "instruction": {"type": "static_text", "text": "Hello, this is a test of the line."},
        }
    ],
}


@asynccontextmanager
async def a_carrier(port: int) -> AsyncIterator[asyncio.StreamReader]:
    """Yields its output: a line once it listens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uponai", "carrier-sim", "--scenario", "fax", "--cps", "5",
        "--ring-ms", "200", "--port", str(port), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.terminate()
        await process.wait()


class Exchange:
    def __init__(self, platform: ServedPlatform, url: str) -> None:
        self.platform = platform
        self._url = url

    async def post(self, path: str, body: Any = None) -> Any:
        async with self.platform.session.post(self._url + path, json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def until_streaming(self, sid: str) -> None:
        """Its media socket stands (keys can be pressed)."""
        path = f"{self._url}/sim/calls/{sid}/press"
        async with asyncio.timeout(10):
            while True:
                async with self.platform.session.post(path, json={"digits": ""}) as answer:
                    if answer.status == 200:
                        return
                await asyncio.sleep(0.1)

    async def until_called_from(self, number: str) -> None:
        """The carrier has an order, and from it knows where this platform is."""
        async with asyncio.timeout(10):
            while number not in [call["from"] for call in await self.calls()]:
                await asyncio.sleep(0.1)

    async def calls(self) -> list[dict[str, Any]]:
        async with self.platform.session.get(f"{self._url}/sim/calls") as answer:
            return await answer.json()

    async def sid_between(self, from_number: str, to_number: str) -> str:
        between = (from_number, to_number)
        calls = await self.calls()
        (sid,) = [call["sid"] for call in calls if (call["from"], call["to"]) == between]
        return sid

    async def hung_up_by_callee(self, number: str) -> dict[str, Any]:
        call_id = await self.platform.call(number, "+14155550123")
        await self.platform.until(call_id, "ongoing", timeout_s=15)
        sid = await self.sid_between(number, "+14155550123")
        await self.until_streaming(sid)
        await asyncio.sleep(1.5)
        await self.post(f"/sim/calls/{sid}/hangup")
        return await self.platform.until_over(call_id)

    async def busy(self, number: str) -> dict[str, Any]:
        return await self.platform.until_over(await self.platform.call(number, "+14155550001"))

    async def arrived_and_reset(self, number: str) -> dict[str, Any]:
        await self.until_called_from(number)
        wanted = {"from": "+14155550188", "to": number, "scenario": "fax"}
        sid = (await self.post("/sim/calls", wanted))["sid"]
        await self.until_streaming(sid)
        await asyncio.sleep(1.0)
        await self.post(f"/sim/calls/{sid}/reset")
        await asyncio.sleep(1.5)
        await self.post(f"/sim/calls/{sid}/hangup")
        async with asyncio.timeout(20):
            while True:
                calls = await self.platform.request("POST", "/v2/list-calls", {})
                found = [call for call in calls if call["to_number"] == number]
                if found and found[0]["call_status"] == "ended":
                    return found[0]
                await asyncio.sleep(0.2)

    async def bought(self, provider: str, agent_id: str) -> str:
        bound = [{"agent_id": agent_id, "weight": 1}]
        wanted = {
            "number_provider": provider,
            "area_code": 212,
            "outbound_agents": bound,
            "inbound_agents": bound,
        }
        return (await self.platform.request("POST", "/create-phone-number", wanted))["phone_number"]


@pytest.mark.realtime
async def test_bought_numbers_call_and_are_called(tmp_path: Path) -> None:
    port = free_port("127.0.0.1")
    url = f"http://127.0.0.1:{port}"
    accounts = {
        "TWILIO_ACCOUNT_SID": TWILIO.sid,
        "TWILIO_AUTH_TOKEN": TWILIO.token,
        "TWILIO_BASE_URL": url,
        "TELNYX_API_KEY": TELNYX.key,
        "TELNYX_PUBLIC_KEY": TELNYX.public_key,
        "TELNYX_CONNECTION_ID": TELNYX.application,
        "TELNYX_BASE_URL": f"{url}/v2",
    }
    async with a_carrier(port) as carrier:
        async with a_platform(tmp_path / "data", **QUICK, **accounts) as platform:
            async with asyncio.timeout(40):
                assert json.loads(await carrier.readline()) == {"url": url, **accounts}
            exchange = Exchange(platform, url)
            agent_id = await platform.add_flow_agent(FLOW)
            numbers = [await exchange.bought(name, agent_id) for name in ("twilio", "telnyx")]
            scenes = (exchange.hung_up_by_callee, exchange.busy, exchange.arrived_and_reset)
            ends = await asyncio.gather(*(scene(one) for one in numbers for scene in scenes))
            for number in numbers:
                await platform.request("DELETE", f"/delete-phone-number/{number}")
    for out, busy, arrived in (ends[:3], ends[3:]):
        assert out["disconnection_reason"] == "user_hangup"
        assert out["duration_ms"] >= 1_400
        assert out["recording_url"]
        assert busy["disconnection_reason"] == "dial_busy"
        assert arrived["disconnection_reason"] == "user_hangup"
        assert arrived["from_number"] == "+14155550188"
        assert 2_000 <= arrived["duration_ms"] <= 6_000
    assert ends[0]["telephony_identifier"]["twilio_call_sid"].startswith("CA")
