"""What surrounds every request: ids, sizes, roles, origins, headers, the access log."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from tests.api.world import KEY, OTHER, READER, World, api, world

from uponai import log
from uponai.api.auth import key_hash
from uponai.storage.base import ApiKey

PUBLIC = "public_key_1"
SHOP = "https://shop.example.com"


async def _public_key(w: World) -> None:
    key = ApiKey("p", "org_1", key_hash(PUBLIC), role="public", origins=(SHOP,))
    await w.storage.accounts.add_key(key)


async def test_every_answer_has_an_id_and_headers_for_browsers() -> None:
    async with world() as w, api(w) as a:
        for path, status in (("/get-concurrency", 200), ("/nothing", 404), ("/v2/get-call/x", 422)):
            answer = await a.client.get(path)
            assert answer.status_code == status
            assert len(answer.headers["x-request-id"]) == 24
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "strict-transport-security" in answer.headers
        own = await a.client.get("/get-concurrency", headers={"x-request-id": "mine-7"})
        assert own.headers["x-request-id"] == "mine-7"
        odd = await a.client.get("/get-concurrency", headers={"x-request-id": "a b\t<"})
        assert odd.headers["x-request-id"] != "a b\t<"


async def test_a_fault_of_ours_has_them_too() -> None:
    async with world() as w, api(w) as a:
        w.storage.accounts.workspace = None  # type: ignore[assignment,method-assign]
        answer = await a.client.get("/get-api-key-info")
        assert answer.status_code == 500 and answer.json()["code"] == "internal_error"
        assert answer.headers["x-request-id"]


async def test_a_body_that_is_too_large_is_refused_early_and_late() -> None:
    async with world() as w, api(w) as a:
        large = b'{"general_prompt":"' + b"x" * 10_000_000 + b'"}'
        told = await a.client.post("/create-retell-llm", content=large)
        assert told.status_code == 413 and told.json()["code"] == "too_large"

        async def chunks():
            for start in range(0, len(large), 1 << 20):
                yield large[start : start + (1 << 20)]

        untold = await a.client.post("/create-retell-llm", content=chunks())
        assert untold.status_code == 413 and untold.json()["code"] == "too_large"
        batch = b'{"from_number":"' + b"x" * 10_000_000 + b'"}'
        assert (await a.client.post("/create-batch-call", content=batch)).status_code == 400


async def test_no_route_reads_what_comes_without_a_key_that_may_write() -> None:
    read: list[str] = []

    async def body(route: str):
        read.append(route)
        yield b"{}"

    async with world() as w, api(w) as a:
        paths: dict[str, Any] = (await a.get("/openapi.json"))["paths"]
        routes = [
            (method.upper(), re.sub(r"\{[^}]*\}", "x", path))
            for path, operations in paths.items()
            for method in operations
            if method in ("post", "put", "patch") and not path.startswith(("/v2/list", "/v3/list"))
        ]
        assert len(routes) > 30
        form = {"content-type": "multipart/form-data; boundary=b"}
        for key, code in ((None, 401), (READER, 403)):
            async with api(w, key) as stranger:
                for method, path in routes:
                    content = body(path)
                    answer = await stranger.client.request(
                        method, path, content=content, headers=form
                    )
                    assert answer.status_code == code, (method, path)
        assert read == []


async def test_roles() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await _public_key(w)
        async with api(w, READER) as reader:
            await reader.get(f"/get-agent/{agent_id}")
            await reader.post("/v3/list-calls", {})
            await reader.post("/v2/list-agents", {})
            refused = await reader.post("/create-retell-llm", {}, 403)
            assert refused["code"] == "forbidden" and "read_only" in refused["message"]
            await reader.delete(f"/delete-agent/{agent_id}", 403)
        async with api(w, OTHER) as other:
            await other.get(f"/get-agent/{agent_id}", 422)
        await w.storage.accounts.revoke_key("org_1", "k2", w.now_ms)
        async with api(w, READER) as revoked:
            await revoked.get(f"/get-agent/{agent_id}", 401)


async def test_a_public_key_starts_web_calls_from_its_origins_and_nothing_else() -> None:
    async with world() as w, api(w) as a:
        body = {"agent_id": await a.agent()}
        await _public_key(w)
        async with api(w, PUBLIC) as page:
            for path in ("/v3/create-web-call", "/v2/create-web-call"):
                made = await page.client.post(path, json=body, headers={"origin": SHOP})
                assert made.status_code == 201
                assert made.headers["access-control-allow-origin"] == SHOP
                assert "Origin" in made.headers["vary"]
            for origin in ({}, {"origin": "https://evil.example"}, {"origin": f"{SHOP}.evil"}):
                answer = await page.client.post("/v3/create-web-call", json=body, headers=origin)
                assert answer.status_code == 403
                assert "access-control-allow-origin" not in answer.headers
            own = {**body, "agent_override": {"agent": {"webhook_url": "https://x.example"}}}
            at = {"origin": SHOP}
            refused = await page.post("/v3/create-web-call", own, 403, headers=at)
            assert "agent_override" in refused["message"]
            await page.get("/get-concurrency", 403, headers=at)
            await page.post("/v3/list-calls", {}, 403, headers=at)
            await page.post("/v2/register-phone-call", body, 403, headers=at)


async def test_pages_are_let_in_only_where_somebody_said_so() -> None:
    asking = {
        "origin": SHOP,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
    }
    async with world() as w, api(w, None) as browser:
        path = "/v3/create-web-call"
        closed = await browser.client.options(path, headers=asking)
        assert closed.status_code == 405
        assert "access-control-allow-origin" not in closed.headers
        await _public_key(w)
        opened = await browser.client.options(path, headers=asking)
        assert opened.status_code == 204
        assert opened.headers["access-control-allow-origin"] == SHOP
        assert opened.headers["access-control-allow-headers"] == "authorization, content-type"
        elsewhere = await browser.client.options("/v3/list-calls", headers=asking)
        assert elsewhere.status_code == 405
        stranger = {**asking, "origin": "https://evil.example"}
        assert (await browser.client.options(path, headers=stranger)).status_code == 405


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    log.configure("info", form="json", stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_the_access_log_names_the_route_and_holds_no_bodies(lines: io.StringIO) -> None:
    async with world() as w, api(w) as a:
        await a.number()
        await a.get("/get-phone-number/+14155550100")
        await a.post("/create-retell-llm", {"general_prompt": "top secret"}, 201)
        await a.client.get("/nothing?password=1")
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    access = [line for line in told if line["event"] == "request"]
    assert [line["route"] for line in access] == [
        "/import-phone-number",
        "/get-phone-number/{phone_number:path}",
        "/create-retell-llm",
        None,
    ]
    assert access[0]["status"] == 201 and access[0]["workspace_id"] == "org_1"
    assert access[0]["key_id"] == "k1" and access[0]["request_id"]
    text = str([line for line in told if line["logger"].startswith("uponai")])
    for hidden in ("top secret", "4155550100", KEY, "password=1", "pii"):
        assert hidden not in text
