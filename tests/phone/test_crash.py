"""``kill -9`` in mid-call: the record ends with a reason, and what was said and heard is there."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from contextlib import asynccontextmanager

import pytest
from tests.fakes.booking import CALLEE, NUMBER, a_booking_platform

from uponai.storage.sql import open_storage

pytestmark = pytest.mark.realtime


@asynccontextmanager
async def a_conversation(tmp_path, company_limit_ms=20_000):
    """A platform and a call of it in which both sides have spoken."""
    async with a_booking_platform(
        tmp_path, UPONAI_TIMERS_COMPANY_LIMIT_MS=str(company_limit_ms)
    ) as (platform, hook):
        call_id = await platform.call(NUMBER, CALLEE)
        async with asyncio.timeout(40):
            while True:
                call = await platform.get(call_id)
                said = call.get("transcript", "")
                if said.count("Agent: ") >= 2 and "User: " in said:
                    break
                assert call["call_status"] in ("registered", "ongoing"), call
                await asyncio.sleep(0.1)
        yield platform, hook, call


async def recording(platform, call):
    async with platform.session.get(call["recording_multi_channel_url"]) as answer:
        assert answer.status == 200
        data = await answer.read()
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        return file.getnframes() / 8000, file.readframes(file.getnframes())


async def events_of(hook, call_id, last):
    """The names of the webhooks of a call, once ``last`` has come."""
    async with asyncio.timeout(20):
        while True:
            bodies = [json.loads(got.body) for got in hook.got if got.path == "/hook"]
            names = [body["event"] for body in bodies if body["call"]["call_id"] == call_id]
            if last in names:
                return names
            await asyncio.sleep(0.1)


async def test_the_platform_is_killed_in_mid_call(tmp_path):
    async with a_conversation(tmp_path) as (platform, hook, before):
        platform.kill("platform")
        await platform.healthy()
        said = before["transcript"].count("\n")
        async with asyncio.timeout(40):  # the line was held: another brain goes on
            while (await platform.get(before["call_id"]))["transcript"].count("\n") < said + 2:
                await asyncio.sleep(0.2)
        await platform.request("POST", f"/v2/stop-call/{before['call_id']}")
        call = await platform.until_analyzed(before["call_id"], timeout_s=60)
        assert (call["call_status"], call["disconnection_reason"]) == ("ended", "manual_stopped")
        kept = before["transcript"].rsplit("\n", 2)[0]
        assert call["transcript"].startswith(kept)
        seconds, audio = await recording(platform, call)
        assert abs(seconds - call["duration_ms"] / 1000) < 1.5
        assert any(audio)
        names = await events_of(hook, call["call_id"], "call_analyzed")
        assert sorted(names) == ["call_analyzed", "call_ended", "call_started"]


async def test_a_call_in_progress_at_shutdown_has_its_ending_written(tmp_path):
    async with a_conversation(tmp_path) as (platform, _, before):
        platform.process.terminate()
        async with asyncio.timeout(15):
            await platform.process.wait()
        storage = await open_storage(f"sqlite:///{platform.data / 'uponai.db'}")
        call = await storage.calls.get(before["call_id"])
        await storage.aclose()
    assert call is not None and call.ending is not None
    assert call.ending.reason == "error_retell"
    assert call.report["transcript_with_tool_calls"]


async def test_the_edge_is_killed_in_mid_call(tmp_path):
    async with a_conversation(tmp_path) as (platform, hook, before):
        platform.kill("edge")
        call = await platform.until_analyzed(before["call_id"], timeout_s=30)
        assert (call["call_status"], call["disconnection_reason"]) == ("error", "error_retell")
        kept = before["transcript"].rsplit("\n", 2)[0]
        assert call["transcript"].startswith(kept)
        seconds, audio = await recording(platform, call)
        assert seconds > call["duration_ms"] / 1000 - 1.0
        assert any(audio)
        names = await events_of(hook, call["call_id"], "call_analyzed")
        assert sorted(names) == ["call_analyzed", "call_ended", "call_started"]
        # A restarted edge takes calls again.
        again = await platform.call(NUMBER, CALLEE)
        await platform.until(again, "ongoing")
