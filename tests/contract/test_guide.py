"""The guide's snippet from the real ``retell-sdk``, Python and Node, on to the end of the call."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from retell import Retell
from tests.fakes.booking import CALLEE, NUMBER, a_booking_platform, short_flow
from tests.fakes.node import node_command, node_packages
from tests.fakes.platforms import KEY, PATIENT

from uponai.config import child_environment

pytestmark = [pytest.mark.realtime, pytest.mark.talk]
HERE = Path(__file__).parent


async def run(*argv: str, url: str, stdin: bytes = b"") -> Any:
    """Run a program with the SDKs' two environment variables; its JSON."""
    env = {**child_environment({}), "RETELL_BASE_URL": url, "RETELL_API_KEY": KEY}
    process = await asyncio.create_subprocess_exec(
        *argv, env=env, cwd=HERE / "node",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(110):
        output, errors = await process.communicate(stdin)
    assert process.returncode == 0, errors.decode()[-3000:]
    return json.loads(output)


def check(result: dict[str, Any]) -> None:
    placed, call = result["placed"], result["call"]
    assert placed["call_status"] == "registered"
    assert call["call_status"] == "ended"
    assert call["metadata"] == {"order": 7}
    assert "Agent: " in call["transcript"] and "User: " in call["transcript"]
    assert call["duration_ms"] > 5_000
    assert call["latency"]["e2e"]["num"] >= 1
    assert result["recording_bytes"] > call["duration_ms"] * 8
    assert any(entry["role"] == "tool_call_result" for entry in call["transcript_with_tool_calls"])


async def test_the_guides_snippet_from_both_sdks(tmp_path):
    node = node_command()
    node_packages(HERE / "node")
    flow = short_flow(questions=False)
    async with a_booking_platform(tmp_path, flow, **PATIENT) as (platform, hook):
        first, second = await asyncio.gather(
            run(sys.executable, str(HERE / "guide.py"), NUMBER, CALLEE, url=platform.url),
            run(node, "guide.mjs", NUMBER, CALLEE, url=platform.url),
        )
        check(first)
        check(second)
        assert second["verified"] is True
        got = [one for one in await hook.until(8) if one.path == "/hook"]
        received = [
            {"body": one.body, "signature": one.headers["x-retell-signature"], "key": KEY}
            for one in got
        ]
        client = Retell(api_key=KEY)
        assert all(client.verify(one["body"], KEY, one["signature"]) for one in received)
        verdicts = await run(
            node, "verify.mjs", url=platform.url, stdin=json.dumps(received).encode()
        )
        assert verdicts == [True] * len(received)
        names = [json.loads(one.body)["event"] for one in got]
        assert sorted(names) == sorted(["call_started", "call_ended", "call_analyzed"] * 2)
