"""Chat completions as OpenAI defined them, streamed, from any server that speaks them.

platform.openai.com/docs/api-reference/chat/create and chat/streaming there; the same wire is spoken
by Ollama, vLLM, llama.cpp's server and some twenty clouds, chosen by ``base_url``. One POST a
reply, server-sent events back, parsed by hand: a vendor package costs ten times the CPU.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import aiohttp

from uponai.providers.base import (
    ChatEvent,
    ChatFinished,
    ChatMessage,
    ChatRequest,
    ProviderContext,
    ProviderError,
    ProviderSpec,
    TextDelta,
    ToolCalled,
    ToolRequest,
    ToolSpec,
    status_error,
)

NAME = "openai"
BASE_URL = "https://api.openai.com/v1"
_CONNECT_S = 5.0
_SILENCE_S = 30.0
_DRAIN_S = 0.05
_ERROR_BYTES = 4096

Json = dict[str, Any]


class SseReader:
    """Server-sent events from bytes in any cut (HTML standard, 9.2): only ``data`` matters."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> list[str]:
        """The data of every event completed by ``piece``."""
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        events: list[str] = []
        for raw in lines:
            line = raw.rstrip(b"\r")
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
            elif not line and self._data:
                events.append(b"\n".join(self._data).decode("utf-8", "replace"))
                self._data = []
        return events

    def close(self) -> list[str]:
        """What is left at the end of the body: some servers leave out the last empty line."""
        return self.feed(b"\n\n")


@dataclass(slots=True)
class _PartCall:
    tool_call_id: str
    name: str
    arguments: str


class _Answer:
    """What the chunks of one reply add up to."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self.done = False
        self._prompt_tokens = 0
        self._completion_tokens = 0
        self._calls: list[_PartCall] = []
        self._by_index: dict[int, _PartCall] = {}

    def take(self, data: str) -> list[ChatEvent]:
        """Events of one chunk. Raises ProviderError for an error in the stream."""
        if data.strip() == "[DONE]":
            self.done = True
            return []
        chunk = _parsed(data)
        if "error" in chunk:
            raise _stream_error(chunk["error"])
        usage = _object(chunk.get("usage"))
        self._prompt_tokens = int(usage.get("prompt_tokens") or self._prompt_tokens)
        self._completion_tokens = int(usage.get("completion_tokens") or self._completion_tokens)
        choices = cast(list[Json], chunk.get("choices") or [])
        if not choices:
            return []
        choice = choices[0]
        delta = _object(choice.get("delta"))
        for part in cast(list[Json], delta.get("tool_calls") or []):
            self._add_call(part)
        self.reason = choice.get("finish_reason") or self.reason
        text = delta.get("content")
        return [TextDelta(text)] if isinstance(text, str) and text else []

    def _add_call(self, part: Json) -> None:
        """Calls arrive in pieces with an index; some servers send whole calls, all with index 0."""
        index = int(part.get("index") or 0)
        function = _object(part.get("function"))
        known = self._by_index.get(index)
        call_id = part.get("id") or ""
        if known is None or (call_id and known.tool_call_id and call_id != known.tool_call_id):
            known = _PartCall(call_id, "", "")
            self._by_index[index] = known
            self._calls.append(known)
        known.tool_call_id = known.tool_call_id or call_id
        known.name += function.get("name") or ""
        arguments = function.get("arguments") or ""
        known.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)

    def finish(self) -> list[ChatEvent]:
        """The calls and the end. Raises ProviderError if the stream broke off."""
        if self.reason is None and not self.done:
            raise ProviderError(NAME, "the answer broke off", retriable=True)
        events: list[ChatEvent] = []
        for call in self._calls:
            call_id = call.tool_call_id or f"call_{secrets.token_hex(8)}"
            events.append(ToolCalled(ToolRequest(call_id, call.name, call.arguments or "{}")))
        reason = self.reason or "stop"
        events.append(ChatFinished(reason, self._prompt_tokens, self._completion_tokens))
        return events


class OpenAiChat:
    """``LanguageModel`` of one server."""

    def __init__(self, context: ProviderContext) -> None:
        base_url = (context.base_url or BASE_URL).rstrip("/")
        if not context.api_key and base_url == BASE_URL:
            raise ProviderError(NAME, "OPENAI_API_KEY is not set", retriable=False)
        self._session = context.session
        self._url = f"{base_url}/chat/completions"
        self._headers = {"Accept": "text/event-stream"}
        if context.api_key:
            self._headers["Authorization"] = f"Bearer {context.api_key}"
        self._timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=_CONNECT_S, sock_read=_SILENCE_S
        )

    async def reply(self, request: ChatRequest) -> AsyncIterator[ChatEvent]:
        """Text as it comes, then the function calls, then ``ChatFinished``.

        Raises ProviderError: refused, unreachable, silent for 30 s, or broken off (also after
        text: what was yielded stays said). Closing the iterator closes the connection, at which
        servers stop generating.
        """
        try:
            async with self._session.post(
                self._url, json=_payload(request), headers=self._headers, timeout=self._timeout
            ) as response:
                if response.status != 200:
                    body = await response.content.read(_ERROR_BYTES)
                    raise status_error(NAME, response.status, _reason(body))
                async for event in _events(response):
                    yield event
        except TimeoutError as error:
            raise ProviderError(NAME, "no answer in time", retriable=True) from error
        except aiohttp.ClientError as error:
            raise ProviderError(NAME, f"connection failed: {error}", retriable=True) from error

    async def aclose(self) -> None:
        """Nothing of its own to close: the session belongs to the process."""


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[ChatEvent]:
    reader = SseReader()
    answer = _Answer()
    async for piece in response.content.iter_any():
        for data in reader.feed(piece):
            for event in answer.take(data):
                yield event
        if answer.done:
            await _drain(response)
            break
    for data in reader.close():
        for event in answer.take(data):
            yield event
    for event in answer.finish():
        yield event


async def _drain(response: aiohttp.ClientResponse) -> None:
    """Read the end of the body, so that the connection can be used again."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_S):
            await response.content.read()


def _payload(request: ChatRequest) -> Json:
    """The request body; a key that ``extra`` sets to None is left out (some models refuse some)."""
    payload: Json = {
        "model": request.model,
        "messages": [_message(message) for message in request.messages],
        "temperature": request.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        payload["tools"] = [_tool(tool) for tool in request.tools]
        payload["tool_choice"] = request.tool_choice
    payload.update(request.extra)
    return {key: value for key, value in payload.items() if value is not None}


def _tool(tool: ToolSpec) -> Json:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function}


def _message(message: ChatMessage) -> Json:
    body: Json = {"role": message.role, "content": message.content}
    if message.tool_calls:
        body["tool_calls"] = [
            {
                "id": call.tool_call_id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
        body["content"] = message.content or None
    if message.tool_call_id is not None:
        body["tool_call_id"] = message.tool_call_id
    return body


def _object(value: Any) -> Json:
    return cast(Json, value) if isinstance(value, dict) else {}


def _parsed(data: str) -> Json:
    try:
        return _object(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise ProviderError(NAME, f"not JSON: {data[:80]!r}", retriable=True) from error


def _stream_error(error: Any) -> ProviderError:
    """An error inside the stream: a client's fault only where its type says so."""
    body = _object(error)
    message = str(body.get("message") or error)[:300]
    kind = str(body.get("type") or body.get("code") or "")
    return ProviderError(NAME, message, retriable="invalid" not in kind)


def _reason(body: bytes) -> str:
    """The message of an error body, whatever its shape."""
    text = body.decode("utf-8", "replace")
    try:
        error = _object(json.loads(text)).get("error", text)
    except (ValueError, RecursionError):
        return text
    return str(_object(error).get("message") or error)


SPEC = ProviderSpec(
    name=NAME,
    kind="llm",
    make=OpenAiChat,
    needs_key=True,
    key_env="OPENAI_API_KEY",
    base_url=BASE_URL,
    default_model="gpt-4.1",
    languages=("*",),
)
