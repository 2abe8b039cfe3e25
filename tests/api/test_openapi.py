"""The OpenAPI document: complete, with examples that fit, and told by the server itself."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
from tests.api.world import KEY, api, world

from uponai.api.described import OPERATIONS
from uponai.api.openapi import operations


async def served() -> dict[str, Any]:
    async with world() as w, api(w) as a:
        return await a.get("/openapi.json")


async def test_every_route_is_described_and_named_once():
    made = await served()
    found = dict(operations(made))
    assert not found.keys() - OPERATIONS.keys()
    names = [operation["operationId"] for operation in found.values()]
    assert len(set(names)) == len(names)


async def test_every_answer_has_a_schema_and_every_error_its_body():
    for key, operation in operations(await served()):
        answers = operation["responses"]
        (good,) = [code for code in answers if code.startswith("2")]
        empty = OPERATIONS[key].answer is None and not OPERATIONS[key].audio
        assert empty or answers[good]["content"], key
        assert {"400", "401", "422", "429", "500"} <= answers.keys(), key


async def test_every_body_and_answer_has_an_example_that_fits_its_schema():
    made = await served()
    schemas = made["components"]["schemas"]
    for key, operation in operations(made):
        contents = [operation.get("requestBody", {}), *operation["responses"].values()]
        for part in contents:
            for media, content in part.get("content", {}).items():
                if media == "audio/wav":
                    continue
                names = re.findall(r"#/components/schemas/(\w+)", str(content["schema"]))
                assert names, key
                for name in names:
                    assert schemas[name].get("examples"), (key, name)


async def test_every_example_fits_its_schema():
    made = await served()
    schemas = made["components"]["schemas"]
    for schema in schemas.values():
        for example in schema.get("examples", []):
            whole = {"components": made["components"], **schema}
            jsonschema_rs.validate(whole, example)
    assert "Agent" in schemas


async def test_the_document_needs_no_key_and_the_docs_page_shows_it():
    async with world() as w, api(w, None) as a:
        assert (await a.get("/openapi.json"))["openapi"].startswith("3.1")
        page = await a.client.get("/docs")
        assert page.status_code == 200 and "/openapi.json" in page.text
        assert KEY not in page.text
        assert "/v2/create-phone-call" in page.text and 'id="PhoneCall"' in page.text


async def test_the_docs_page_needs_no_network_and_its_links_lead_somewhere():
    async with world() as w, api(w, None) as a:
        page = await a.client.get("/docs")
    assert "<script" not in page.text and not re.search(r'(src|href)="(https?:)?//', page.text)
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    ids = set(re.findall(r'id="([^"]+)"', page.text))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= ids


@pytest.mark.parametrize("name", ["PhoneCall", "Agent"])
async def test_a_field_says_its_range(name: str):
    made = await served()
    text = str(made["components"]["schemas"][name])
    assert "minLength" in text or "maximum" in text
