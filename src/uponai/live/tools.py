"""Runs the functions that an agent calls: over HTTP for custom ones, at a Model Context Protocol
server for those of type ``mcp``, here for the built-in ones.

Body, signature, limits: retell-api.md section 6.2. A tool call runs once per ``tool_call_id``,
however often it is asked for; its arguments go into the query string for GET and DELETE.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit, urlunsplit

from uponai.domain.errors import TargetRefused
from uponai.engine.commands import RunTool
from uponai.engine.events import ToolReturned
from uponai.flow.arguments import filled, response_variables
from uponai.flow.graph import Json, as_object
from uponai.flow.phone import DIGIT
from uponai.http import HttpAnswer, HttpFailure
from uponai.log import get
from uponai.tasks import TaskGroup, loop_s, now_ms
from uponai.wire.signature import signature_headers

RESULT_CHARS = 15_000
DEFAULT_TIMEOUT_MS = 120_000
MAX_RETRIES = 5
FIRST_PAUSE_S = 0.5
PRESS_DELAY_MS = 1_000
MAX_PRESS_DELAY_MS = 5_000
_KEYS = re.compile(r"[0-9*#A-Dw]{1,64}")

MCP_SERVER = "server"
"""Where a function of type ``mcp`` holds the entry of ``mcps`` that runs it."""

log = get("uponai.live.tools")


Outcome = tuple[str, bool, Mapping[str, str]]
"""What a function gave back: its text, whether it succeeded, the variables it set."""


class FunctionCaller(Protocol):
    """The guarded HTTP client (``uponai.http.OutgoingHttp``)."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_ms: int = 10_000,
    ) -> HttpAnswer:
        """Raises TargetRefused or HttpFailure."""
        ...


class McpCaller(Protocol):
    """Runs tools of Model Context Protocol servers (``uponai.mcp.McpClient``)."""

    async def call_tool(
        self, server: Mapping[str, Any], name: str, arguments: Mapping[str, Any]
    ) -> tuple[str, bool]:
        """Its text and whether it succeeded; never raises but when cancelled."""
        ...


class NoMcp:
    """For brains that reach no such server."""

    async def call_tool(
        self, server: Mapping[str, Any], name: str, arguments: Mapping[str, Any]
    ) -> tuple[str, bool]:
        del server, arguments
        return f"Error: {name} cannot be run from here", False


def _nowhere(digits: str) -> None:
    """For calls without a line that takes keys."""
    del digits


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a function call may know of the call.

    ``describe`` gives the call object with the transcript so far; ``variables`` what ``{{name}}``
    means now; ``press`` presses keys on the line; ``mcp`` runs functions of type ``mcp``.
    """

    describe: Callable[[], Mapping[str, Any]]
    variables: Callable[[], Mapping[str, str]]
    signing_key: str | None = None
    press: Callable[[str], None] = _nowhere
    mcp: McpCaller = field(default_factory=NoMcp)


class Tools:
    """The functions of one call, by name."""

    def __init__(
        self,
        tools: Mapping[str, Json],
        caller: FunctionCaller,
        context: ToolContext,
        tasks: TaskGroup,
    ) -> None:
        self._tools = tools
        self._caller = caller
        self._context = context
        self._tasks = tasks
        self._runs: dict[str, asyncio.Task[ToolReturned]] = {}

    async def run(self, wanted: RunTool) -> ToolReturned:
        """The result; a failed call is a result too. Never raises but when cancelled."""
        run = self._runs.get(wanted.tool_call_id)
        if run is None:
            run = self._tasks.spawn(self._run(wanted), name=f"tool {wanted.name}")
            self._runs[wanted.tool_call_id] = run
        return await asyncio.shield(run)

    async def _run(self, wanted: RunTool) -> ToolReturned:
        began_s = loop_s()
        try:
            content, successful, variables = await self._execute(wanted)
        except Exception as error:
            log.exception("function broke", function=wanted.name)
            content, successful, variables = _failed(f"Error: {type(error).__name__}")
        elapsed_ms = (loop_s() - began_s) * 1000
        return ToolReturned(
            wanted.tool_call_id, content[:RESULT_CHARS], successful, elapsed_ms, variables
        )

    async def _execute(self, wanted: RunTool) -> Outcome:
        arguments = parse_arguments(wanted.arguments)
        if arguments is None:
            return _failed("Error: the arguments are not a JSON object")
        if wanted.kind == "extract_dynamic_variable":
            values = as_texts(arguments)
            return json.dumps(values, ensure_ascii=False), True, values
        if wanted.kind == "end_call":
            return "The call ends.", True, {}
        return await self._run_configured(wanted, arguments)

    async def _run_configured(self, wanted: RunTool, arguments: Mapping[str, Any]) -> Outcome:
        tool = self._tools.get(wanted.name)
        if tool is None:
            return _failed(f"Error: there is no function {wanted.name!r}")
        if wanted.kind == "press_digit":
            return await self._press(tool, arguments)
        tool = as_object(filled(tool, self._context.variables()))
        match wanted.kind:
            case "custom":
                return await self._call(wanted, tool, arguments)
            case "mcp":
                server = as_object(tool.get(MCP_SERVER))
                content, successful = await self._context.mcp.call_tool(
                    server, wanted.name, arguments
                )
                variables = response_variables(tool, content) if successful else {}
                return content, successful, variables
            case _:
                return _failed(f"Error: functions of type {wanted.kind!r} cannot be run")

    async def _press(self, tool: Json, arguments: Mapping[str, Any]) -> Outcome:
        """After ``delay_ms``, so that a menu's last word is over."""
        keys = re.sub(r"[\s,-]", "", str(arguments.get(DIGIT, ""))).upper().replace("W", "w")
        if not _KEYS.fullmatch(keys):
            return _failed(f"Error: {DIGIT}: must be some of 0-9 * # A-D w")
        delay_ms = _int(tool.get("delay_ms"), PRESS_DELAY_MS)
        await asyncio.sleep(min(MAX_PRESS_DELAY_MS, max(0, delay_ms)) / 1000)
        self._context.press(keys)
        return f"Pressed {keys}.", True, {}

    async def _call(self, wanted: RunTool, tool: Json, arguments: Mapping[str, Any]) -> Outcome:
        retries = min(MAX_RETRIES, max(0, _int(tool.get("max_retry"), 0)))
        content = ""
        for attempt in range(retries + 1):
            if attempt:
                await asyncio.sleep(FIRST_PAUSE_S * 2 ** (attempt - 1))
            try:
                answer = await self._attempt(wanted, tool, arguments)
            except TargetRefused as refused:
                return _failed(f"Error: {refused.message}")
            except HttpFailure as failure:
                content = f"Error: {failure}"
                continue
            if answer.ok:
                text = answer.text
                return text, True, response_variables(tool, text)
            content = f"Error: HTTP {answer.status}: {answer.text}"
        log.warning("function failed", function=wanted.name, attempts=retries + 1)
        return _failed(content)

    async def _attempt(
        self, wanted: RunTool, tool: Json, arguments: Mapping[str, Any]
    ) -> HttpAnswer:
        method = str(tool.get("method") or "POST").upper()
        query = as_texts(as_object(tool.get("query_params")))
        body = ""
        if method in ("GET", "DELETE"):
            query = {**query, **as_texts(arguments)}
        else:
            body = self._body(wanted, tool, arguments)
        headers = {
            "content-type": "application/json",
            "x-uponai-tool-call-id": wanted.tool_call_id,
            **as_texts(as_object(tool.get("headers"))),
        }
        if self._context.signing_key is not None:
            headers |= signature_headers(body, self._context.signing_key, now_ms())
        return await self._caller.request(
            method,
            with_query(str(tool.get("url") or ""), query),
            body=body.encode() if body else None,
            headers=headers,
            timeout_ms=_int(tool.get("timeout_ms"), DEFAULT_TIMEOUT_MS),
        )

    def _body(self, wanted: RunTool, tool: Json, arguments: Mapping[str, Any]) -> str:
        if tool.get("args_at_root") is True:
            content: Mapping[str, Any] = arguments
        else:
            call = self._context.describe()
            content = {"name": wanted.name, "call": call, "args": arguments}
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _failed(content: str) -> Outcome:
    return content, False, {}


def parse_arguments(text: str) -> dict[str, Any] | None:
    """A JSON object as a model writes it; an empty text is an empty one; else None."""
    try:
        value: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return dict(as_object(value)) if isinstance(value, dict) else None


def as_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """The values as texts, JSON for what is not one already; null is left out."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in values.items()
        if value is not None
    }


def with_query(url: str, query: Mapping[str, str]) -> str:
    """``url`` with more parameters behind those it has."""
    if not query:
        return url
    parts = urlsplit(url)
    joined = "&".join(part for part in (parts.query, urlencode(query)) if part)
    return urlunsplit(parts._replace(query=joined))


def _int(value: Any, default: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return int(value)
