"""The Python client: requests as the wire wants them, errors with a code, polite repetition."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import default
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.server import serving
from tests.api.world import FROM, KEY, TO, VOICE

from uponai import AsyncUponAI, UponAI
from uponai.client import ApiError, ConnectionFailed, NotFound, RateLimited, TimedOut, UponAIError
from uponai.client.requests import LONGEST_WAIT_S, Request, delay_s, may_repeat
from uponai.wire.signature import sign


class Answers:
    """Answers requests from a list and remembers them."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def body(self) -> Any:
        return json.loads(self.seen[-1].content)


def _client(answers: Answers, **settings: Any) -> UponAI:
    http = httpx.Client(transport=httpx.MockTransport(answers))
    return UponAI("key_1", base_url="http://x/prefix/", http_client=http, **settings)


def _error(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"message": "No.", "code": code}, headers=headers)


def test_a_call_is_created_with_a_key_of_its_own() -> None:
    answers = Answers(httpx.Response(201, json={"call_id": "call_1", "metadata": {"a": [1]}}))
    with _client(answers) as client:
        call = client.call.create_phone_call(from_number=FROM, to_number=TO, metadata={"a": [1]})
    assert call.call_id == call["call_id"] == "call_1"
    assert call.metadata.a == [1] and call.not_there is None
    assert answers.seen[0].headers["authorization"] == "Bearer key_1"
    assert str(answers.seen[0].url) == "http://x/prefix/v2/create-phone-call"
    assert len(answers.body["idempotency_key"]) == 32


def test_the_guides_error_code_works() -> None:
    answers = Answers(_error(429, "rate_limited", **{"retry-after": "7", "x-request-id": "r1"}))
    with _client(answers, max_retries=0) as client, pytest.raises(RateLimited) as refused:
        client.call.create_phone_call(from_number=FROM, to_number=TO)
    error = refused.value
    assert (error.code, error.status, error.retry_after) == ("rate_limited", 429, 7.0)
    assert error.request_id == "r1"


def test_a_repeat_carries_the_same_key_and_says_that_it_is_one() -> None:
    soon = {"retry-after": "0.001"}
    answers = Answers(
        _error(503, "unavailable", **soon),
        _error(429, "rate_limited", **soon),
        httpx.Response(201, json={"call_id": "call_1"}),
    )
    with _client(answers) as client:
        client.call.create_phone_call(from_number=FROM, to_number=TO)
    bodies = [request.content for request in answers.seen]
    assert len(bodies) == 3 and len(set(bodies)) == 1
    counts = [request.headers["x-stainless-retry-count"] for request in answers.seen]
    assert counts == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("work", "status", "attempts"),
    [
        (lambda c: c.agent.create(response_engine={}, voice_id="v"), 500, 1),
        (lambda c: c.batch_call.create_batch_call(from_number=FROM, tasks=[]), 503, 1),
        (lambda c: c.batch_call.create_batch_call(from_number=FROM, tasks=[]), 429, 3),
        (lambda c: c.agent.retrieve("a"), 400, 1),
        (lambda c: c.agent.retrieve("a"), 500, 3),
        (lambda c: c.call.delete("a"), 408, 3),
    ],
)
def test_only_what_may_be_repeated_is(
    work: Callable[[UponAI], Any], status: int, attempts: int
) -> None:
    answers = Answers(*[_error(status, "x", **{"retry-after": "0.001"}) for _ in range(3)])
    with _client(answers) as client, pytest.raises(ApiError):
        work(client)
    assert len(answers.seen) == attempts


def test_the_server_may_forbid_a_repeat() -> None:
    answers = Answers(_error(500, "x", **{"x-should-retry": "false"}))
    with _client(answers) as client, pytest.raises(ApiError):
        client.call.retrieve("c")
    assert len(answers.seen) == 1


def test_no_connection() -> None:
    answers = Answers(httpx.ConnectError("refused"))
    with _client(answers, max_retries=0) as client, pytest.raises(ConnectionFailed) as failed:
        client.call.retrieve("c")
    assert failed.value.code == "connection_failed" and failed.value.status is None


def test_what_never_left_is_sent_again_and_what_may_have_is_not() -> None:
    engine: Any = {"type": "retell-llm", "llm_id": "llm_1"}
    made = httpx.Response(201, json={"agent_id": "agent_1"})
    answers = Answers(httpx.ConnectError("refused"), made)
    with _client(answers) as client:
        assert client.agent.create(response_engine=engine, voice_id="v").agent_id == "agent_1"
    answers = Answers(httpx.ReadTimeout("slow"), made)
    with _client(answers) as client, pytest.raises(TimedOut) as failed:
        client.agent.create(response_engine=engine, voice_id="v")
    assert failed.value.code == "timed_out" and len(answers.seen) == 1


def test_a_wait_too_long_to_sit_out_is_told_at_once() -> None:
    answers = Answers(_error(429, "rate_limited", **{"retry-after": "3600"}))
    with _client(answers) as client, pytest.raises(RateLimited) as refused:
        client.call.retrieve("c")
    assert refused.value.retry_after == 3600 and len(answers.seen) == 1


def _pages(*pages: list[str]) -> Answers:
    bodies: list[dict[str, Any]] = []
    for number, ids in enumerate(pages, 1):
        items = [{"call_id": id, "agent_id": id} for id in ids]
        more = number < len(pages)
        bodies.append({"items": items, "has_more": more, "total": 3})
        if more:
            bodies[-1]["pagination_key"] = f"key{number}"
    return Answers(*[httpx.Response(200, json=body) for body in bodies])


def test_a_list_goes_on_over_its_pages() -> None:
    answers = _pages(["a", "b"], [], ["c"])
    with _client(answers) as client:
        page = client.call.list(limit=2, include_total=True)
        assert [call.call_id for call in page.items] == ["a", "b"]
        assert (page.has_more, page.pagination_key, page.total) == (True, "key1", 3)
        assert [call.call_id for call in page] == ["a", "b", "c"]
    keys = [json.loads(request.content).get("pagination_key") for request in answers.seen]
    assert keys == [None, "key1", "key2"]
    assert all(json.loads(request.content)["limit"] == 2 for request in answers.seen)


def test_paging_by_the_query_keeps_the_filter() -> None:
    answers = _pages(["a"], ["b"])
    with _client(answers) as client:
        found = client.agent.list(limit=1, filter_criteria={"query": "x"})
        assert [agent.agent_id for agent in found] == ["a", "b"]
    assert [request.url.params.get("pagination_key") for request in answers.seen] == [None, "key1"]
    assert all(json.loads(r.content) == {"filter_criteria": {"query": "x"}} for r in answers.seen)


async def test_pages_that_are_awaited() -> None:
    def client(answers: Answers) -> AsyncUponAI:
        http = httpx.AsyncClient(transport=httpx.MockTransport(answers))
        return AsyncUponAI("key_1", base_url="http://x", http_client=http)

    async with client(_pages(["a"], ["b"])) as awaited:
        assert [call.call_id async for call in awaited.call.list()] == ["a", "b"]
    async with client(_pages(["a"], ["b"])) as awaited:
        page = await awaited.call.list()
        assert [call.call_id for call in page.items] == ["a"]
        following = await page.next_page()
        assert following is not None and following.items[0].call_id == "b"
        assert await following.next_page() is None


def test_files_and_texts_of_a_knowledge_base_go_as_a_form() -> None:
    made = httpx.Response(201, json={"knowledge_base_id": "knowledge_base_1"})
    answers = Answers(_error(429, "rate_limited", **{"retry-after": "0.001"}), made)
    with _client(answers) as client:
        base = client.knowledge_base.create(
            knowledge_base_name="Opening hours",
            knowledge_base_texts=[{"title": "Ü", "text": "9 to 5"}],
            knowledge_base_urls=["https://example.org"],
            knowledge_base_files=[("a.txt", b"first"), io.BytesIO(b"second")],
            enable_auto_refresh=True,
        )
    assert base.knowledge_base_id == "knowledge_base_1"
    forms = [
        BytesParser(policy=default).parsebytes(
            b"content-type: " + request.headers["content-type"].encode() + b"\n\n" + request.content
        )
        for request in answers.seen
    ]
    for form in forms:
        parts = [
            (part.get_param("name", header="content-disposition"), part.get_payload(decode=True))
            for part in form.iter_parts()
        ]
        assert parts == [
            ("knowledge_base_files", b"first"),
            ("knowledge_base_files", b"second"),
            ("knowledge_base_name", b"Opening hours"),
            ("knowledge_base_texts", '[{"title": "Ü", "text": "9 to 5"}]'.encode()),
            ("knowledge_base_urls", b'["https://example.org"]'),
            ("enable_auto_refresh", b"true"),
        ]


def test_ids_are_one_segment_and_never_empty() -> None:
    answers = Answers(httpx.Response(200, json={}))
    with _client(answers) as client:
        client.phone_number.retrieve("+1415/55 #a")
        for name in ("", ".", ".."):
            with pytest.raises(ValueError, match="call_id must be an id"):
                client.call.delete(name)
    assert answers.seen[0].url.raw_path == b"/prefix/get-phone-number/+1415%2F55%20%23a"


@given(st.integers(0, 40), st.none() | st.floats(allow_nan=False), st.floats(0, 0.999))
def test_delays_are_bounded(attempt: int, retry_after: float | None, chance: float) -> None:
    assert 0 < delay_s(attempt, retry_after, chance) <= LONGEST_WAIT_S


@given(st.integers(100, 599))
def test_what_may_act_twice_is_repeated_after_429_only(status: int) -> None:
    once = Request("POST", "/create-agent", once=True)
    assert may_repeat(once, status, {}) == (status == 429)


def test_webhooks_are_verified_on_the_raw_body() -> None:
    body = '{"event":"call_ended","call":{"name":"José 🙂"}}'
    header = sign(body, "key_1", 1_700_000_000_000)
    with _client(Answers()) as client:
        for given_body in (body, body.encode()):
            assert client.webhooks.verify(given_body, header, now_ms=1_700_000_100_000)
        assert not client.webhooks.verify(body, header, now_ms=1_700_000_400_000)
        assert not client.webhooks.verify(body, header, now_ms=1_700_000_000_000, api_key="other")
        assert not client.webhooks.verify(body + "x", header, now_ms=1_700_000_000_000)


def test_a_key_is_needed() -> None:
    code = "from uponai import UponAI; UponAI()"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": "src"}
    )
    assert "Give api_key, or set UPONAI_API_KEY." in run.stderr


def test_the_client_loads_nothing_of_the_platform() -> None:
    code = (
        "import sys, uponai; early = 'httpx' in sys.modules; from uponai import UponAI;"
        "print(early, sorted(m for m in sys.modules if m.startswith('uponai')))"
        ";print([m for m in ('fastapi', 'pydantic', 'numpy', 'sqlalchemy') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": "src"}
    )
    early, loaded = run.stdout.splitlines()
    assert early.startswith("False")
    assert all(name == "'uponai'" or "uponai.client" in name for name in early[7:-1].split(", "))
    assert loaded == "[]"


@pytest.mark.realtime
def test_the_whole_way_against_the_server() -> None:
    with serving() as server, UponAI(KEY, base_url=server.base_url) as client:
        llm = client.llm.create(general_prompt="Be kind.")
        engine = {"type": "retell-llm", "llm_id": llm.llm_id}
        agent = client.agent.create(response_engine=engine, voice_id=VOICE["voice_id"])
        client.phone_number.import_(
            phone_number=FROM,
            termination_uri="x.example",
            outbound_agents=[{"agent_id": agent.agent_id, "weight": 1}],
        )
        call = client.call.create_phone_call(from_number=FROM, to_number=TO)
        assert client.call.retrieve(call.call_id).call_status == "registered"
        assert client.call.list(limit=1).items[0].call_id == call.call_id
        client.call.stop(call.call_id)
        assert client.call.update(call.call_id, metadata={"a": 1}).metadata == {"a": 1}
        client.call.delete(call.call_id)
        with pytest.raises(NotFound):
            client.call.retrieve(call.call_id)
        assert client.phone_number.retrieve(FROM).nickname is None
        assert client.phone_number.update(FROM, nickname="D").nickname == "D"
        assert client.agent.update(agent.agent_id, volume=0.5).volume == 0.5
        assert client.agent.list(limit=3).items[0].agent_id == agent.agent_id
        assert client.voice.list()[0].voice_id == VOICE["voice_id"]
        assert client.concurrency.retrieve().concurrency_limit == 20
        for remove in (
            lambda: client.phone_number.delete(FROM),
            lambda: client.agent.delete(agent.agent_id),
            lambda: client.llm.delete(llm.llm_id),
        ):
            assert remove() is None


@pytest.mark.realtime
async def test_the_awaited_client_does_the_same() -> None:
    with serving() as server:
        async with AsyncUponAI(KEY, base_url=server.base_url) as client:
            llm = await client.llm.create(general_prompt="Be kind.")
            assert (await client.llm.retrieve(llm.llm_id)).general_prompt == "Be kind."
            assert await client.llm.delete(llm.llm_id) is None
            with pytest.raises(UponAIError):
                await client.llm.retrieve(llm.llm_id)
            assert (await client.voice.list())[0].provider == "platform"
