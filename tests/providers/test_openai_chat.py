"""The chat adapter against a server that speaks OpenAI's stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.chat_server import DONE, Answer, ChatServer, chunk, event, usage
from tests.fakes.servers import provider_context, serving
from tests.patience import patience

from uponai.providers.base import (
    ChatEvent,
    ChatFinished,
    ChatMessage,
    ChatRequest,
    ProviderError,
    TextDelta,
    ToolCalled,
    ToolRequest,
    ToolSpec,
)
from uponai.providers.openai_chat import SPEC, OpenAiChat, SseReader

HELLO = ChatRequest("gpt-4.1", [ChatMessage("user", "Hello")])


def with_server(server: ChatServer, script: Callable[[OpenAiChat], Awaitable[None]]) -> None:
    async def run() -> None:
        async with serving(server.app) as address:
            async with provider_context(f"http://{address}/v1") as context:
                await script(OpenAiChat(context))

    asyncio.run(run())


def replies(server: ChatServer, request: ChatRequest = HELLO) -> list[ChatEvent]:
    events: list[ChatEvent] = []

    async def script(chat: OpenAiChat) -> None:
        events.extend([event async for event in chat.reply(request)])

    with_server(server, script)
    return events


def failure(server: ChatServer) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        replies(server)
    return caught.value


def test_text_arrives_in_order_and_ends_with_the_counts() -> None:
    pieces = [chunk(""), chunk("Good "), chunk("morning."), chunk(finish="stop"), usage(9, 3), DONE]
    assert replies(ChatServer(Answer(pieces))) == [
        TextDelta("Good "),
        TextDelta("morning."),
        ChatFinished("stop", 9, 3),
    ]


def test_first_words_do_not_wait_for_the_last() -> None:
    rest = asyncio.Event()
    server = ChatServer(Answer([chunk("Good "), rest, chunk("day."), chunk(finish="stop"), DONE]))

    async def script(chat: OpenAiChat) -> None:
        events = chat.reply(HELLO)
        assert await anext(events) == TextDelta("Good ")
        rest.set()
        assert await anext(events) == TextDelta("day.")
        assert await anext(events) == ChatFinished("stop")

    with_server(server, script)


def test_function_calls_are_put_together_from_their_pieces() -> None:
    pieces = [
        chunk(calls=[{"index": 0, "id": "a", "function": {"name": "book", "arguments": ""}}]),
        chunk(calls=[{"index": 1, "id": "b", "function": {"name": "end_call", "arguments": ""}}]),
        chunk(calls=[{"index": 0, "function": {"arguments": '{"day": '}}]),
        chunk(calls=[{"index": 0, "function": {"arguments": '"Thursday"}'}}]),
        chunk(finish="tool_calls"),
        DONE,
    ]
    assert replies(ChatServer(Answer(pieces))) == [
        ToolCalled(ToolRequest("a", "book", '{"day": "Thursday"}')),
        ToolCalled(ToolRequest("b", "end_call", "{}")),
        ChatFinished("tool_calls"),
    ]


def test_whole_calls_that_share_an_index_stay_apart() -> None:
    first = {"index": 0, "id": "a", "function": {"name": "one", "arguments": "{}"}}
    second = {"index": 0, "id": "b", "function": {"name": "two", "arguments": {"n": 2}}}
    answer = Answer([chunk(calls=[first]), chunk(calls=[second]), chunk(finish="stop"), DONE])
    called = [e.request for e in replies(ChatServer(answer)) if isinstance(e, ToolCalled)]
    assert called == [ToolRequest("a", "one", "{}"), ToolRequest("b", "two", '{"n": 2}')]


def test_a_call_without_an_id_gets_one() -> None:
    call = {"index": 0, "function": {"name": "one", "arguments": "{}"}}
    events = replies(ChatServer(Answer([chunk(calls=[call]), chunk(finish="stop"), DONE])))
    assert isinstance(events[0], ToolCalled)
    assert events[0].request.tool_call_id.startswith("call_")


def test_the_request_carries_conversation_tools_and_key() -> None:
    request = ChatRequest(
        "m1",
        [
            ChatMessage("system", "Be brief."),
            ChatMessage("assistant", tool_calls=(ToolRequest("a", "book", "{}"),)),
            ChatMessage("tool", "done", tool_call_id="a"),
        ],
        tools=[ToolSpec("book", "Books.", {"type": "object"})],
        temperature=0.3,
        extra={"temperature": None, "reasoning_effort": "low"},
    )
    server = ChatServer(Answer([chunk(finish="stop"), DONE]))
    replies(server, request)
    sent = server.requests[0]
    assert sent["messages"] == [
        {"role": "system", "content": "Be brief."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "book", "arguments": "{}"}}
            ],
        },
        {"role": "tool", "content": "done", "tool_call_id": "a"},
    ]
    assert sent["tools"][0]["function"]["name"] == "book"
    assert sent["tool_choice"] == "auto"
    assert sent["stream"] is True
    assert sent["reasoning_effort"] == "low"
    assert "temperature" not in sent
    assert server.headers[0]["Authorization"] == "Bearer key-1"


@pytest.mark.parametrize(
    ("status", "retriable"),
    [(400, False), (401, False), (404, False), (408, True), (409, True), (429, True), (503, True)],
)
def test_a_refusal_says_why_and_whether_to_try_again(status: int, retriable: bool) -> None:
    body = json.dumps({"error": {"message": "too much", "type": "t"}}).encode()
    error = failure(ChatServer(Answer([body], status=status)))
    assert (error.status, error.retriable) == (status, retriable)
    assert "too much" in str(error)


def test_a_refusal_in_plain_text_is_passed_on() -> None:
    assert "Bad gateway" in str(failure(ChatServer(Answer([b"Bad gateway"], status=502))))


def test_an_error_in_the_stream_ends_it() -> None:
    body = event({"error": {"message": "overloaded", "type": "server_error"}})
    error = failure(ChatServer(Answer([chunk("Well"), body])))
    assert error.retriable
    assert "overloaded" in str(error)


def test_a_stream_that_just_ends_is_an_error() -> None:
    assert failure(ChatServer(Answer([chunk("Well, ")]))).retriable


def test_a_connection_that_breaks_is_an_error() -> None:
    assert failure(ChatServer(Answer([chunk("Well, ")], break_off=True))).retriable


def test_a_line_that_is_not_json_is_an_error() -> None:
    assert failure(ChatServer(Answer([b"data: {oops\n\n"]))).retriable


def test_nobody_listening_is_an_error_that_may_pass() -> None:
    async def run() -> None:
        async with provider_context("http://127.0.0.1:9/v1") as context:
            await anext(OpenAiChat(context).reply(HELLO))

    with pytest.raises(ProviderError) as caught:
        asyncio.run(run())
    assert caught.value.retriable


def test_closing_the_answer_hangs_up_on_the_server() -> None:
    server = ChatServer(Answer([chunk("Good "), asyncio.Event()]))

    async def script(chat: OpenAiChat) -> None:
        async with aclosing(chat.reply(HELLO)) as events:
            await anext(events)
        async with patience():
            await server.gone.wait()

    with_server(server, script)


def test_the_connection_is_used_again_although_its_end_came_late() -> None:
    late = asyncio.Event()
    pieces = [chunk("Hi"), chunk(finish="stop"), DONE, late]
    server = ChatServer(Answer(list(pieces)), Answer(list(pieces)))

    async def script(chat: OpenAiChat) -> None:
        for _ in range(2):
            asyncio.get_running_loop().call_later(0.01, late.set)
            assert len([event async for event in chat.reply(HELLO)]) == 2

    with_server(server, script)
    assert server.peers[0] == server.peers[1]


def test_openai_itself_needs_a_key_and_others_do_not() -> None:
    async def build(base_url: str | None) -> None:
        async with provider_context(base_url, api_key=None) as context:
            SPEC.make(context)

    asyncio.run(build("http://127.0.0.1:11434/v1"))
    with pytest.raises(ProviderError, match="OPENAI_API_KEY"):
        asyncio.run(build(None))


LINES = ["data: one\n\n", "data:two\r\n\r\n", ": comment\n\n", "event: x\ndata: a\ndata: b\n\n"]


@given(st.lists(st.sampled_from(LINES)), st.lists(st.integers(1, 9), min_size=1))
def test_events_do_not_depend_on_how_the_bytes_are_cut(lines: list[str], cuts: list[int]) -> None:
    data = "".join(lines).encode()
    whole = SseReader().feed(data)
    reader = SseReader()
    pieces: list[str] = []
    place = 0
    turn = 0
    while place < len(data):
        size = cuts[turn % len(cuts)]
        pieces += reader.feed(data[place : place + size])
        place += size
        turn += 1
    expected = {LINES[0]: ["one"], LINES[1]: ["two"], LINES[2]: [], LINES[3]: ["a\nb"]}
    assert pieces == whole == [text for line in lines for text in expected[line]]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    reader = SseReader()
    reader.feed(data)
    reader.close()
