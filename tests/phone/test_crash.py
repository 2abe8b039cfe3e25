"""``kill -9`` in mid-call: the record ends with a reason, and what was said and heard is there."""

from __future__ import annotations

import asyncio
import io
import json
import wave

import pytest
from tests.fakes.booking import CALLEE, NUMBER, a_booking_platform, short_flow
from tests.patience import patience, until

from uponai.storage.sql import open_storage

pytestmark = [pytest.mark.realtime, pytest.mark.talk]


async def conversation(platform):
    """A call in which both sides have spoken."""

    def both_spoke(call):
        said = call.get("transcript", "")
        if said.count("Agent: ") >= 2 and "User: " in said:
            return True
        assert call["call_status"] in ("registered", "ongoing"), call
        return False

    return await platform.until_so(await platform.call(NUMBER, CALLEE), both_spoke)


async def recording(platform, call):
    async with platform.session.get(call["recording_multi_channel_url"]) as answer:
        assert answer.status == 200
        data = await answer.read()
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        return file.getnframes() / 8000, file.readframes(file.getnframes())


async def events_of(hook, call_id, last):
    """The names of the webhooks of a call, once ``last`` has come."""

    def names():
        bodies = [json.loads(got.body) for got in hook.got if got.path == "/hook"]
        return [body["event"] for body in bodies if body["call"]["call_id"] == call_id]

    await until(lambda: last in names())
    return names()


async def check_whole(platform, hook, before, call, missing_s):
    """What was said before is in the transcript, all but ``missing_s`` of it in the recording."""
    assert call["transcript"].startswith(before["transcript"].rsplit("\n", 2)[0])
    seconds, audio = await recording(platform, call)
    assert -missing_s < seconds - call["duration_ms"] / 1000 < 1.5
    assert any(audio)
    names = await events_of(hook, call["call_id"], "call_analyzed")
    assert sorted(names) == ["call_analyzed", "call_ended", "call_started"]


async def goes_on(platform, before, more):
    """Wait for so many more lines of transcript."""
    wanted = before["transcript"].count("\n") + more
    await platform.until_so(
        before["call_id"], lambda call: call["transcript"].count("\n") >= wanted
    )


async def platform_killed(platform, stopped, other):
    """Both lines were held: another brain goes on. One call is stopped then."""
    platform.kill("platform")
    await platform.healthy()
    await goes_on(platform, stopped, 2)
    await goes_on(platform, other, 1)
    await platform.request("POST", f"/v2/stop-call/{stopped['call_id']}")
    await platform.until_over(stopped["call_id"])


async def test_kills_and_a_shutdown_in_mid_call(tmp_path):
    async with a_booking_platform(
        tmp_path, short_flow(), UPONAI_TIMERS_COMPANY_LIMIT_MS="20000"
    ) as (platform, hook):
        first, second = await asyncio.gather(conversation(platform), conversation(platform))
        await platform_killed(platform, first, second)
        second = await platform.get(second["call_id"])
        assert second["call_status"] == "ongoing"
        platform.kill("edge")

        stopped = await platform.until_analyzed(first["call_id"])
        ending = stopped["call_status"], stopped["disconnection_reason"]
        assert ending == ("ended", "manual_stopped")
        await check_whole(platform, hook, first, stopped, 1.5)
        lost = await platform.until_analyzed(second["call_id"])
        assert (lost["call_status"], lost["disconnection_reason"]) == ("error", "error_retell")
        await check_whole(platform, hook, second, lost, 1.0)

        # The restarted edge takes calls again; the next is in progress at shutdown.
        third = await conversation(platform)
        platform.process.terminate()
        async with patience():
            await platform.process.wait()
        storage = await open_storage(f"sqlite:///{platform.data / 'uponai.db'}")
        call = await storage.calls.get(third["call_id"])
        await storage.aclose()
    assert call is not None and call.ending is not None
    assert call.ending.reason == "error_retell"
    assert call.report["transcript_with_tool_calls"]
