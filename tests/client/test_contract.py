"""Every request of the client has a route in the API."""

from __future__ import annotations

import inspect
from typing import Any

import httpx
import pytest
from starlette.routing import Match
from tests.api.world import world

from uponai import UponAI
from uponai.client import resources

KINDS = (
    "call",
    "agent",
    "llm",
    "conversation_flow",
    "phone_number",
    "voice",
    "account",
)


def _arguments(method: Any) -> dict[str, Any]:
    wanted = inspect.signature(method).parameters.values()
    return {
        p.name: "x"
        for p in wanted
        if p.default is inspect.Parameter.empty and p.kind is not inspect.Parameter.VAR_KEYWORD
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_every_method_has_a_route(kind: str) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    client = UponAI("k", base_url="http://x", http_client=http)
    resource = getattr(client, kind)
    methods = [name for name in dir(resource) if not name.startswith("_")]
    for name in methods:
        method = getattr(resource, name)
        method(**_arguments(method))
    assert len(seen) == len(methods) > 0
    async with world() as w:
        routes = w.app().router.routes
        for request in seen:
            scope = {
                "type": "http",
                "method": request.method,
                "path": request.url.path,
                "headers": [],
            }
            assert any(route.matches(scope)[0] is Match.FULL for route in routes), request.url


def test_the_kinds_are_all_of_them() -> None:
    classes = [cls for cls in vars(resources).values() if inspect.isclass(cls) and cls.__doc__]
    made = [cls for cls in classes if issubclass(cls, resources._Resource)]
    assert len(made) == len(KINDS)
