"""get-mcp-tools against a server that insists on the protocol, and the codec against any bytes."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from tests.api.test_components import PART
from tests.api.world import VOICE, Api, api, world
from tests.fakes.mcp_server import BOOK, CANCEL, McpServer
from tests.fakes.servers import serving

from uponai.http import OutgoingHttp, TargetGuard
from uponai.wire.mcp import EVENTS, McpError, answer

TOOLS = [BOOK, {**CANCEL, "description": ""}]


async def agent_of(a: Api, path: str, kind: str, field: str, body: dict[str, Any]) -> str:
    engine = await a.post(path, body, 201)
    body = {"response_engine": {"type": kind, field: engine[field]}, "voice_id": VOICE["voice_id"]}
    return (await a.post("/create-agent", body, 201))["agent_id"]


async def llm_agent(a: Api, *servers: dict[str, Any]) -> str:
    return await agent_of(a, "/create-retell-llm", "retell-llm", "llm_id", {"mcps": [*servers]})


@pytest.mark.parametrize("stream", [False, True])
async def test_the_tools_of_a_server_are_listed_over_all_pages(stream: bool) -> None:
    fake = McpServer(stream=stream)
    async with fake.serving() as address:
        guard = TargetGuard((address,))
        async with OutgoingHttp(guard) as http, world(http=http, allowed=(address,)) as w:
            async with api(w) as a:
                server = {
                    "name": "tables",
                    "url": f"http://{address}/mcp",
                    "headers": {"Authorization": "Bearer s3cret"},
                    "query_params": {"shop": "main street"},
                }
                agent_id = await llm_agent(a, server)
                path = f"/get-mcp-tools/{agent_id}"
                response = await a.client.get(f"{path}?mcp_id=tables")
                assert response.headers["content-type"].startswith("application/json")
                assert response.json() == TOOLS
                assert fake.heard == [
                    "initialize",
                    "notifications/initialized",
                    "tools/list",
                    "tools/list",
                ]
                assert fake.closed == 1
                assert fake.headers[0]["authorization"] == "Bearer s3cret"
                assert fake.query[0] == {"shop": "main street"}
                await a.get(f"{path}?mcp_id=other", 422)
                await a.get(path, 400)
                await a.get("/get-mcp-tools/agent_none?mcp_id=tables", 422)


async def test_a_server_of_a_component_is_asked() -> None:
    fake = McpServer()
    async with fake.serving() as address:
        guard = TargetGuard((address,))
        async with OutgoingHttp(guard) as http, world(http=http, allowed=(address,)) as w:
            async with api(w) as a:
                part = {**PART, "mcps": [{"name": "own", "url": f"http://{address}/mcp"}]}
                made = await a.post("/create-conversation-flow-component", part, 201)
                id = made["conversation_flow_component_id"]
                agent_id = await llm_agent(a)
                path = f"/get-mcp-tools/{agent_id}?mcp_id=own"
                assert await a.get(f"{path}&component_id={id}") == TOOLS
                await a.get(path, 422)
                await a.get(f"{path}&component_id=none", 422)


async def test_what_goes_wrong_at_the_server_is_told_as_a_400() -> None:
    async def page(request: web.Request) -> web.Response:
        del request
        return web.Response(text="<html>hello</html>", content_type="text/html")

    async def hidden(request: web.Request) -> web.Response:
        del request
        return web.Response(status=401)

    plain = web.Application()
    plain.router.add_post("/page", page)
    plain.router.add_post("/hidden", hidden)
    fake = McpServer(refuse="out of tables")
    async with fake.serving() as refusing, serving(plain) as address:
        allowed = (refusing, address, "127.0.0.1:1")
        async with OutgoingHttp(TargetGuard(allowed)) as http:
            async with world(http=http, allowed=allowed) as w, api(w) as a:
                cases = [
                    (f"http://{refusing}/mcp", "the server refused: out of tables"),
                    (f"http://{address}/page", "did not answer the request"),
                    (f"http://{address}/hidden", "HTTP 401"),
                    ("http://127.0.0.1:1/mcp", "MCP server x: "),
                ]
                for url, text in cases:
                    agent_id = await llm_agent(a, {"name": "x", "url": url})
                    refused = await a.get(f"/get-mcp-tools/{agent_id}?mcp_id=x", 400)
                    assert refused["code"] == "mcp_failed" and text in refused["message"], refused


async def test_a_server_on_a_private_address_is_never_asked() -> None:
    fake = McpServer()
    async with fake.serving() as address:
        async with OutgoingHttp(TargetGuard()) as http:
            async with world(http=http, allowed=(address,)) as w, api(w) as a:
                agent_id = await llm_agent(a, {"name": "x", "url": f"http://{address}/mcp"})
                refused = await a.get(f"/get-mcp-tools/{agent_id}?mcp_id=x", 400)
                assert refused["code"] == "target_not_allowed"
                assert fake.heard == []


@given(st.binary(), st.sampled_from([EVENTS, "application/json", ""]))
def test_any_answer_is_read_or_refused(body: bytes, kind: str) -> None:
    try:
        found = answer(kind, body, 1)
    except McpError:
        return
    assert found is None or isinstance(found, dict)
