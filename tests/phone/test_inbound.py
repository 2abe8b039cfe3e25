"""SIPp calls in: an agent takes the call, a number without one refuses it; both are on record."""

from __future__ import annotations

import asyncio
import re

import pytest
from tests.fakes.platforms import a_platform
from tests.fakes.sipp import AVAILABLE, SCENARIOS, free_port
from tests.fakes.webhook_receiver import webhook_receiver
from tests.phone.test_outcomes import FLOW, event

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]
TAKEN, NOT_TAKEN = "+14155550100", "+14155550101"


async def call_in(folder, sip_port, number):
    """One call that was played as written."""
    process = await asyncio.create_subprocess_exec(
        "sipp", f"127.0.0.1:{sip_port}", "-sf", str(SCENARIOS / "call_in.xml"), "-s", number,
        "-i", "127.0.0.1", "-p", str(free_port()), "-mp", str(free_port()), "-m", "1",
        "-nostdin", "-timeout", "30", "-timeout_error",
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode(errors="replace")[-2_000:]


async def test_calls_that_come_in(tmp_path):
    async with (
        webhook_receiver() as hook,
        a_platform(tmp_path / "data", targets=(hook.authority,)) as platform,
    ):
        agent = await platform.add_flow_agent(FLOW, webhook_url=hook.url("/hook"))
        bound = {"inbound_agents": [{"agent_id": agent, "weight": 1}]}
        await platform.import_number(TAKEN, "sip.example.com", **bound)
        await platform.import_number(NOT_TAKEN, "sip.example.com")
        log = re.sub(r"\x1b\[[0-9;]*m", "", (platform.data / "log").read_text())
        (port,) = re.findall(r"edge listens.*sip_port=(\d+)", log)

        await asyncio.gather(*(call_in(tmp_path, port, to) for to in (TAKEN, NOT_TAKEN)))
        listed = await platform.request("POST", "/v3/list-calls", {})
        ids = {call["to_number"]: call["call_id"] for call in listed["items"]}
        taken = await platform.until_analyzed(ids[TAKEN])
        refused = await platform.until_analyzed(ids[NOT_TAKEN])
        told = [event(got) for got in await hook.until(3)]

    assert (taken["direction"], taken["from_number"]) == ("inbound", "+14155550199")
    assert (taken["call_status"], taken["disconnection_reason"]) == ("ended", "user_hangup")
    assert taken["agent_id"] == agent
    assert 1_000 < taken["duration_ms"] < 4_000
    assert (refused["call_status"], refused["sip_status_code"]) == ("not_connected", 480)
    assert "no inbound agent" in refused["disconnection_detail"]
    assert "start_timestamp" not in refused
    assert told == ["call_started", "call_ended", "call_analyzed"]
