"""The Model Context Protocol over Streamable HTTP, as far as a client needs it (revision
2025-06-18): JSON-RPC requests, and answers as JSON or as an event stream.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from uponai.wire.validate import Json, compact

REVISION = "2025-06-18"
SESSION = "mcp-session-id"
VERSION = "mcp-protocol-version"
TIMEOUT_MS = 120_000
ACCEPT = "application/json, text/event-stream"
EVENTS = "text/event-stream"


class McpError(Exception):
    """The server does not speak MCP, or refused; the text says which."""


@dataclass(frozen=True, slots=True)
class McpServer:
    """One entry of ``mcps`` of an engine."""

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    timeout_ms: int = TIMEOUT_MS


def server_of(config: Mapping[str, Any]) -> McpServer:
    """From the wire object; its query parameters are appended to the address."""
    url = str(config["url"])
    query = cast("Mapping[str, str]", config.get("query_params") or {})
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    headers = cast("Mapping[str, str]", config.get("headers") or {})
    return McpServer(str(config["name"]), url, headers, int(config.get("timeout_ms") or TIMEOUT_MS))


def named(config: Mapping[str, Any], mcp_id: str) -> Json | None:
    """The server that ``mcp_id`` means in an engine or a component: its id, else its name."""
    servers = cast("list[Json]", config.get("mcps") or [])
    for key in ("mcp_id", "id", "name"):
        for server in servers:
            if server.get(key) == mcp_id:
                return server
    return None


def initialize(number: int, version: str) -> bytes:
    """``version`` is this software's."""
    return request(
        number,
        "initialize",
        {
            "protocolVersion": REVISION,
            "capabilities": {},
            "clientInfo": {"name": "uponai", "version": version},
        },
    )


def request(number: int, method: str, params: Mapping[str, Any] | None = None) -> bytes:
    return _message({"id": number, "method": method, **({"params": params} if params else {})})


def notification(method: str) -> bytes:
    return _message({"method": method})


def _message(fields: Mapping[str, Any]) -> bytes:
    return compact({"jsonrpc": "2.0", **fields}).encode()


def answer(content_type: str, body: bytes, number: int) -> Json | None:
    """The result of request ``number``; None while the body does not hold it. Raises McpError."""
    is_events = content_type.partition(";")[0].strip().lower() == EVENTS
    for text in _events(body) if is_events else (body.decode("utf-8", "replace"),):
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for message in cast("list[Any]", read if isinstance(read, list) else [read]):
            if isinstance(message, Mapping):
                known = cast("Mapping[str, Any]", message)
                if known.get("id") == number and ("result" in known or "error" in known):
                    return _result(known)
    return None


def _events(body: bytes) -> Iterator[str]:
    """The data of each complete event (HTML Living Standard, server-sent events)."""
    text = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    complete, blank, _ = text.rpartition("\n\n")
    if not blank:
        return
    for event in complete.split("\n\n"):
        lines = [line[5:].removeprefix(" ") for line in event.split("\n") if line[:5] == "data:"]
        if lines:
            yield "\n".join(lines)


def _result(message: Mapping[str, Any]) -> Json:
    error = message.get("error")
    if error is not None:
        words: Any = error
        if isinstance(error, Mapping):
            words = cast("Mapping[str, Any]", error).get("message")
        raise McpError(f"the server refused: {str(words)[:300]}")
    result = message["result"]
    if not isinstance(result, Mapping):
        raise McpError("the server answered with a result that is no object")
    return dict(cast("Mapping[str, Any]", result))


def tools_of(result: Mapping[str, Any]) -> list[Json]:
    """The tools of one page, as the API lists them; what has no name is left out."""
    listed = result.get("tools")
    found: list[Json] = []
    for item in cast("list[Any]", listed if isinstance(listed, list) else []):
        if not isinstance(item, Mapping):
            continue
        tool = cast("Mapping[str, Any]", item)
        if isinstance(tool.get("name"), str):
            schema: Any = tool.get("inputSchema") or {"type": "object", "properties": {}}
            words = str(tool.get("description") or "")
            found.append({"name": tool["name"], "description": words, "inputSchema": schema})
    return found


def outcome_of(result: Mapping[str, Any]) -> tuple[str, bool]:
    """What ``tools/call`` brought: its texts, one after the other, and whether it succeeded.

    What is no text (pictures, sound) is left out; structured content stands for missing texts.
    """
    listed = result.get("content")
    texts: list[str] = []
    for item in cast("list[Any]", listed if isinstance(listed, list) else []):
        text = cast("Mapping[str, Any]", item).get("text") if isinstance(item, Mapping) else None
        texts += [text] if isinstance(text, str) else []
    if not texts and result.get("structuredContent") is not None:
        texts = [json.dumps(result["structuredContent"], ensure_ascii=False)]
    return "\n".join(texts), result.get("isError") is not True


def next_cursor(result: Mapping[str, Any]) -> str | None:
    cursor = result.get("nextCursor")
    return cursor if isinstance(cursor, str) and cursor else None
