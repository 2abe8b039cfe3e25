"""The whole booking scene: a platform whose agent phones a callee and books at a webhook."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

from tests.fakes.callees import a_callee
from tests.fakes.platforms import ServedPlatform, a_platform
from tests.fakes.webhook_receiver import WebhookReceiver, webhook_receiver

NUMBER, CALLEE = "+14155550100", "+14155550142"
"""The agent's own number, and whom to call."""


@asynccontextmanager
async def a_booking_platform(
    folder: Path, **env: str
) -> AsyncIterator[tuple[ServedPlatform, WebhookReceiver]]:
    """``call(NUMBER, CALLEE)`` has the demo's agent book; its webhooks go to ``/hook``."""
    text = resources.files("uponai.sim").joinpath("data/booking_agent.json").read_text()
    async with (
        webhook_receiver() as hook,
        a_callee(folder / "callee") as sip,
        a_platform(folder / "data", targets=(sip, hook.authority), **env) as platform,
    ):
        hook.replies["/book"] = {"status": "booked", "reference": "MD-1"}
        flow = json.loads(text) | {"default_dynamic_variables": {"booking_url": hook.url("/book")}}
        agent = await platform.add_flow_agent(flow, webhook_url=hook.url("/hook"))
        bound = [{"agent_id": agent, "weight": 1}]
        await platform.import_number(NUMBER, sip, outbound_agents=bound)
        yield platform, hook
