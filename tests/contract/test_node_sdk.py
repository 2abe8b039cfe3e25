"""The official Node SDK through the same methods, one program per family (node/contract.mjs)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.api.server import serving
from tests.api.world import KEY, READER
from tests.contract import bodies
from tests.contract.sdk import METHODS
from tests.contract.test_account import break_knowledge
from tests.fakes.node import node_command, node_packages
from tests.fakes.number_shop import FakeShop

from uponai.config import child_environment

NODE = Path(__file__).parent / "node"
FAMILIES: dict[str, tuple[str, ...]] = {
    "configs": (
        "agent.create",
        "agent.retrieve",
        "agent.update",
        "agent.list",
        "agent.delete",
        "llm.create",
        "llm.retrieve",
        "llm.update",
        "llm.list",
        "llm.delete",
        "conversation_flow.create",
        "conversation_flow.retrieve",
        "conversation_flow.update",
        "conversation_flow.list",
        "conversation_flow.delete",
        "phone_number.import_",
        "phone_number.retrieve",
        "phone_number.update",
        "phone_number.list",
        "phone_number.delete",
        "phone_number.create",
        "agent.create_version",
        "agent.list_versions",
        "agent.publish",
        "agent.delete_version",
        "agent.repair",
        "conversation_flow_component.create",
        "conversation_flow_component.retrieve",
        "conversation_flow_component.update",
        "conversation_flow_component.list",
        "conversation_flow_component.delete",
    ),
    "calls": (
        "call.create_phone_call",
        "call.retrieve",
        "call.update",
        "call.list",
        "call.stop",
        "call.delete",
        "call.create_web_call",
        "call.register_phone_call",
        "call.rerun_analysis",
        "batch_call.create_batch_call",
    ),
    "knowledge": (
        "knowledge_base.create",
        "knowledge_base.retrieve",
        "knowledge_base.list",
        "knowledge_base.add_sources",
        "knowledge_base.delete_source",
        "knowledge_base.delete",
    ),
    "account": ("concurrency.retrieve", "identity.retrieve", "voice.list", "voice.retrieve"),
    "errors": (),
}
BESIDE = ("mcp_tool.get_mcp_tools", "voice.search", "voice.add_resource", "voice.clone")
"""Shown by test_mcp.py and test_voices.py, which have a vendor's fake to ask."""
SENT = {
    name: getattr(bodies, name)
    for name in ("VOICE_ID", "AGENT", "LLM", "FLOW", "COMPONENT", "CALL")
}


@pytest.fixture(scope="module")
def packages() -> None:
    node_packages(NODE)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_node_sdk(packages: None, family: str) -> None:
    shops = {"twilio": FakeShop()}
    with serving(limit=0 if family == "errors" else 20, shops=shops) as running:
        if family == "errors":
            break_knowledge(running)
        worked = ran(family, running.base_url)
    assert not {METHODS[name].node_name for name in FAMILIES[family]} - worked


def ran(family: str, base_url: str, mcp_url: str = "", sent: Mapping[str, Any] = SENT) -> set[str]:
    """The methods that worked, by their names in Node."""
    env = {
        "RETELL_BASE_URL": base_url,
        "RETELL_API_KEY": KEY,
        "CONTRACT_READER": READER,
        "CONTRACT_MCP_URL": mcp_url,
        "CONTRACT_BODIES": json.dumps(sent),
    }
    done = subprocess.run(
        [node_command(), "contract.mjs", family],
        cwd=NODE,
        env=child_environment({}) | env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return set(json.loads(done.stdout))
