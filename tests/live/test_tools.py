"""Function calls: body, signature, retries, once per id, results."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.fakes.functions import FakeFunctions
from tests.virtual_time import run

from uponai.domain.errors import TargetRefused
from uponai.engine.commands import RunTool
from uponai.engine.events import ToolReturned
from uponai.http import HttpFailure
from uponai.live.tools import RESULT_CHARS, ToolContext, Tools
from uponai.tasks import TaskGroup, loop_s, now_ms
from uponai.wire.signature import verify

BOOK: dict[str, Any] = {
    "type": "custom",
    "name": "book",
    "url": "https://{{host}}/book?a=1",
    "headers": {"x-tenant": "{{tenant}}"},
    "query_params": {"q": "{{tenant}} 1"},
    "response_variables": {"code": "$.data.items[0].code"},
}
WANTED = RunTool("t1", "book", '{"day": "Monday", "seats": 2}')


def call(
    functions: FakeFunctions,
    tool: Mapping[str, Any] = BOOK,
    wanted: RunTool = WANTED,
    times: int = 1,
) -> tuple[ToolReturned, float]:
    async def scene() -> tuple[ToolReturned, float]:
        tasks = TaskGroup()
        context = ToolContext(
            lambda: {"call_id": "call_1", "name": "Jos\u00e9"},
            lambda: {"host": "example.com", "tenant": "maple"},
            "key_test",
        )
        tools = Tools({"book": tool}, functions, context, tasks)
        found = await asyncio.gather(*(tools.run(wanted) for _ in range(times)))
        assert len({id(one) for one in found}) == 1
        return found[0], loop_s()

    return run(scene())


def test_body_has_name_call_and_args_and_is_signed() -> None:
    functions = FakeFunctions([(200, '{"data": {"items": [{"code": 7}]}}')])
    returned, _ = call(functions)
    (request,) = functions.requests
    assert request.method == "POST"
    assert request.url == "https://example.com/book?a=1&q=maple+1"
    assert request.headers["x-tenant"] == "maple"
    body = request.body.decode()
    assert json.loads(body) == {
        "name": "book",
        "call": {"call_id": "call_1", "name": "Jos\u00e9"},
        "args": {"day": "Monday", "seats": 2},
    }
    assert "Jos\u00e9" in body and ": " not in body
    assert verify(body, "key_test", request.headers["x-retell-signature"], now_ms())
    assert returned.successful and returned.variables == {"code": "7"}


def test_args_at_root() -> None:
    functions = FakeFunctions([(204, "")])
    call(functions, {**BOOK, "args_at_root": True})
    assert json.loads(functions.requests[0].body) == {"day": "Monday", "seats": 2}


def test_get_puts_arguments_into_the_query_and_signs_an_empty_body() -> None:
    functions = FakeFunctions([(200, "ok")])
    call(functions, {**BOOK, "method": "GET"})
    (request,) = functions.requests
    assert request.url == "https://example.com/book?a=1&q=maple+1&day=Monday&seats=2"
    assert request.body == b""
    assert verify("", "key_test", request.headers["x-retell-signature"], now_ms())


def test_once_per_tool_call_id_however_often_asked() -> None:
    functions = FakeFunctions([(200, "done")])
    returned, _ = call(functions, times=3)
    assert len(functions.requests) == 1 and returned.content == "done"


def test_retries_with_growing_pauses_then_tells_the_error() -> None:
    functions = FakeFunctions([(500, "no"), HttpFailure("timeout", "late", sent=True), (503, "x")])
    returned, took_s = call(functions, {**BOOK, "max_retry": 2})
    assert not returned.successful and returned.content == "Error: HTTP 503: x"
    assert len(functions.requests) == 3 and 1.4 < took_s < 1.6


def test_no_retry_unless_configured() -> None:
    functions = FakeFunctions([(500, "no"), (200, "yes")])
    returned, _ = call(functions)
    assert not returned.successful and len(functions.requests) == 1


def test_refused_target_is_told_and_not_retried() -> None:
    functions = FakeFunctions([TargetRefused("url must not lead to a private address")])
    returned, _ = call(functions, {**BOOK, "max_retry": 5})
    assert not returned.successful and "private address" in returned.content
    assert len(functions.requests) == 1


def test_long_result_is_cut() -> None:
    returned, _ = call(FakeFunctions([(200, "x" * 50_000)]))
    assert returned.successful and len(returned.content) == RESULT_CHARS


@pytest.mark.parametrize("given", ["[1", "[" * 100_000])
def test_arguments_that_are_no_object_are_told(given: str) -> None:
    functions = FakeFunctions([])
    returned, _ = call(functions, wanted=RunTool("t1", "book", given))
    assert not returned.successful and "arguments" in returned.content


def test_a_result_of_endless_brackets_is_a_result() -> None:
    returned, _ = call(FakeFunctions([(200, "[" * 100_000)]))
    assert returned.successful and returned.variables == {}


def test_unknown_function_is_told() -> None:
    returned, _ = call(FakeFunctions([]), wanted=RunTool("t1", "other", "{}"))
    assert not returned.successful and "other" in returned.content


def test_extraction_sets_variables_without_any_request() -> None:
    wanted = RunTool("t1", "x", '{"name": "Anna", "age": 7}', "extract_dynamic_variable")
    returned, _ = call(FakeFunctions([]), wanted=wanted)
    assert returned.successful and returned.variables == {"name": "Anna", "age": "7"}
