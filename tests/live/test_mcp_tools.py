"""Functions at a Model Context Protocol server, as a conversation calls them: real HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.fakes.functions import FakeFunctions
from tests.fakes.mcp_server import McpServer

from uponai.engine.commands import RunTool
from uponai.engine.events import ToolReturned
from uponai.http import OutgoingHttp, TargetGuard
from uponai.live.assembly import tools_of
from uponai.live.tool_specs import tool_spec
from uponai.live.tools import ToolContext, Tools
from uponai.mcp import McpClient
from uponai.tasks import TaskGroup
from uponai.wire.mcp import outcome_of

BOOK: dict[str, Any] = {"type": "mcp", "name": "book", "mcp_id": "tables"}


async def run(
    fake: McpServer, tool: dict[str, Any], *, allowed: bool = True, arguments: str = '{"at": "8"}'
) -> ToolReturned:
    async with fake.serving() as address:
        guard = TargetGuard((address,) if allowed else ())
        engine: dict[str, Any] = {
            "general_tools": [tool],
            "mcps": [
                {"name": "other", "url": "http://127.0.0.1:9/mcp"},
                {
                    "name": "tables",
                    "url": f"http://{address}/mcp",
                    "headers": {"x-tenant": "{{tenant}}"},
                },
            ],
        }
        async with OutgoingHttp(guard) as http:
            context = ToolContext(lambda: {}, lambda: {"tenant": "maple"}, mcp=McpClient(http))
            tools = Tools(tools_of(engine), FakeFunctions([]), context, TaskGroup())
            return await tools.run(RunTool("t1", tool["name"], arguments, "mcp"))


@pytest.mark.parametrize("stream", [False, True])
async def test_a_function_is_run_at_its_server_and_brings_text_and_variables(stream: bool) -> None:
    fake = McpServer(stream=stream)
    tool = {**BOOK, "response_variables": {"table": "$.booked.at"}}
    returned = await run(fake, tool)
    assert (json.loads(returned.content), returned.successful) == ({"booked": {"at": "8"}}, True)
    assert returned.variables == {"table": "8"}
    assert fake.heard == ["initialize", "notifications/initialized", "tools/call"]
    assert fake.headers[-1]["x-tenant"] == "maple"
    assert fake.closed == 1


async def test_what_the_server_does_not_know_is_a_result_that_failed() -> None:
    returned = await run(McpServer(), {**BOOK, "name": "cancel"})
    assert (returned.content, returned.successful) == ("Unknown tool: cancel", False)


async def test_a_refusal_and_a_server_that_is_not_there_are_results_too() -> None:
    refused = await run(McpServer(refuse="no more tables"), BOOK)
    assert "no more tables" in refused.content and not refused.successful
    elsewhere = await run(McpServer(), {**BOOK, "mcp_id": "other"})
    assert elsewhere.content.startswith("Error: ") and not elsewhere.successful


async def test_servers_inside_the_network_are_not_reached() -> None:
    fake = McpServer()
    returned = await run(fake, BOOK, allowed=False)
    assert not returned.successful and fake.heard == []


@pytest.mark.parametrize(
    ("given", "properties"),
    [
        (
            {"type": "object", "properties": '{"at": {"type": "number"}}', "required": '["at"]'},
            {"at": {"type": "number"}},
        ),
        ({"at": "when"}, {"at": {"type": "string", "description": "when"}}),
        (None, {}),
    ],
)
def test_the_model_is_told_the_arguments(given: Any, properties: dict[str, Any]) -> None:
    spec = tool_spec({**BOOK, "input_schema": given, "description": "Books."}, {})
    assert (spec.name, spec.description) == ("book", "Books.")
    assert spec.parameters["type"] == "object"
    assert spec.parameters["properties"] == properties


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (
            {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            ("a\nb", True),
        ),
        ({"content": [], "structuredContent": {"n": 1}}, ('{"n": 1}', True)),
        ({"content": "no list"}, ("", True)),
        ({"content": [7, {"text": None}], "isError": True}, ("", False)),
    ],
)
def test_texts_of_a_result(result: dict[str, Any], outcome: tuple[str, bool]) -> None:
    assert outcome_of(result) == outcome
