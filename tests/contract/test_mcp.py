"""The tools of an agent's MCP server, asked by both official SDKs through our server."""

from __future__ import annotations

import asyncio

from tests.contract.beside import served
from tests.contract.sdk import Recorder, proves, strict_client
from tests.contract.test_configs import an_agent
from tests.contract.test_node_sdk import NODE, ran
from tests.fakes.mcp_server import BOOK, CANCEL, McpServer
from tests.fakes.node import node_packages

from uponai.http import OutgoingHttp, TargetGuard


def ask(base_url: str, mcp_url: str) -> None:
    with strict_client(base_url, Recorder("")) as sdk:
        engine = sdk.llm.create(mcps=[{"name": "tables", "url": mcp_url}])
        agent_id = an_agent(sdk, response_engine={"type": "retell-llm", "llm_id": engine.llm_id})
        book, cancel = sdk.mcp_tool.get_mcp_tools(agent_id, mcp_id="tables")
    assert (book.name, book.description) == (BOOK["name"], BOOK["description"])
    assert book.input_schema == BOOK["inputSchema"]
    assert cancel.name == CANCEL["name"]


@proves("mcp_tool.get_mcp_tools")
async def test_the_tools_of_an_agents_mcp_server() -> None:
    node_packages(NODE)
    async with McpServer().serving() as address, OutgoingHttp(TargetGuard((address,))) as http:
        async with served(http=http, allowed=(address,)) as base_url:
            mcp_url = f"http://{address}/mcp"
            await asyncio.to_thread(ask, base_url, mcp_url)
            worked = await asyncio.to_thread(ran, "mcp", base_url, mcp_url)
    assert "mcpTool.getMcpTools" in worked
