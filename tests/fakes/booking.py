"""The whole booking scene: a platform whose agent phones a callee and books at a webhook."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from tests.fakes.callees import a_callee
from tests.fakes.platforms import ServedPlatform, a_platform
from tests.fakes.webhook_receiver import WebhookReceiver, webhook_receiver

NUMBER, CALLEE = "+14155550100", "+14155550142"
"""The agent's own number, and whom to call."""


def demo_flow() -> dict[str, Any]:
    return json.loads(resources.files("uponai.sim").joinpath("data/booking_agent.json").read_text())


def short_flow(*, questions: bool = True) -> dict[str, Any]:
    """The demo's flow with a short greeting; without ``questions`` the call ends once booked."""
    flow = demo_flow()
    nodes = {node["id"]: node for node in flow["nodes"]}
    nodes["greet"]["instruction"]["text"] = "Hello. What day and time would suit you?"
    if not questions:
        for edge in nodes["book"]["edges"]:
            if edge["destination_node_id"].startswith("confirm"):
                edge["destination_node_id"] = "bye"
    return flow


@asynccontextmanager
async def a_booking_platform(
    folder: Path, flow: dict[str, Any] | None = None, **env: str
) -> AsyncIterator[tuple[ServedPlatform, WebhookReceiver]]:
    """``call(NUMBER, CALLEE)`` has ``flow`` (the demo's) book; its webhooks go to ``/hook``."""
    async with (
        webhook_receiver() as hook,
        a_callee(folder / "callee") as sip,
        a_platform(folder / "data", targets=(sip, hook.authority), **env) as platform,
    ):
        hook.replies["/book"] = {"status": "booked", "reference": "MD-1"}
        where = {"default_dynamic_variables": {"booking_url": hook.url("/book")}}
        wanted = (flow or demo_flow()) | where
        agent = await platform.add_flow_agent(wanted, webhook_url=hook.url("/hook"))
        bound = [{"agent_id": agent, "weight": 1}]
        await platform.import_number(NUMBER, sip, outbound_agents=bound)
        yield platform, hook
