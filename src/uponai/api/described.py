"""What each operation takes and answers, for the OpenAPI document: one row per path.

A row here is what a route cannot say about itself, since ``wire`` validates and answers are built
as plain JSON. A test holds that every route has its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from uponai.api import schemas as s
from uponai.api import schemas_batches as b
from uponai.api import schemas_limits as li

PAGING = ("limit", "pagination_key", "sort_order")
OLD_PAGING = ("limit", "pagination_key", "pagination_key_version")
DIALECT_PAGING = ("page", "limit", "workspaceId", "agentId", "status", "fromDate", "toDate")
QUERY: dict[str, dict[str, Any]] = {
    "page": {"type": "integer", "minimum": 1},
    "workspaceId": {"type": "string"},
    "agentId": {"type": "string"},
    "status": {"type": "string"},
    "fromDate": {"type": "string", "format": "date-time"},
    "toDate": {"type": "string", "format": "date-time"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
    "pagination_key": {"type": "string"},
    "pagination_key_version": {"type": "string"},
    "sort_order": {"type": "string", "enum": ["ascending", "descending"]},
    "version": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]},
    "force_delete": {"type": "boolean"},
}


@dataclass(frozen=True, slots=True)
class Described:
    """``answer`` None: an empty body. ``shape``: the answer itself, a bare array, or a page."""

    answer: type[BaseModel] | None = None
    shape: Literal["one", "array", "page"] = "one"
    body: type[BaseModel] | None = None
    query: tuple[str, ...] = ()
    multipart: bool = False
    audio: bool = False


def _one(answer: type[BaseModel] | None, body: type[BaseModel] | None = None) -> Described:
    return Described(answer, body=body)


def _page(answer: type[BaseModel], body: type[BaseModel] | None = None) -> Described:
    return Described(answer, "page", body, () if body is s.ListCalls else PAGING)


def _rows(answer: type[BaseModel], query: tuple[str, ...] = ()) -> Described:
    return Described(answer, "array", query=query)


def _form(answer: type[BaseModel], body: type[BaseModel]) -> Described:
    return Described(answer, body=body, multipart=True)


def _kept(answer: type[BaseModel], name: str) -> dict[str, Described]:
    """Create, get, update and delete of a configuration object."""
    return {
        f"POST /create-{name}": _one(answer),
        f"GET /get-{name}/{{}}": _one(answer),
        f"PATCH /update-{name}/{{}}": _one(answer),
        f"DELETE /delete-{name}/{{}}": _one(None),
    }


NOTHING = _one(None)

OPERATIONS: dict[str, Described] = {
    "GET /get-api-key-info": _one(s.IdentityAnswer),
    "GET /get-concurrency": _one(s.ConcurrencyAnswer),
    "GET /uponai/v1/limits": _one(li.LimitsAnswer),
    "PATCH /uponai/v1/limits": _one(li.LimitsAnswer),
    "GET /uponai/v1/carriers": _rows(li.CarrierAccountAnswer),
    "PUT /uponai/v1/carriers/{}": _one(li.CarrierAccountAnswer),
    "DELETE /uponai/v1/carriers/{}": NOTHING,
    "GET /uponai/v1/numbers/{}/variants": _one(li.VariantsAnswer),
    "PUT /uponai/v1/do-not-call/{}": NOTHING,
    "DELETE /uponai/v1/do-not-call/{}": NOTHING,
    **_kept(s.AgentAnswer, "agent"),
    "POST /v2/list-agents": _page(s.AgentItem, s.ListAgents),
    "GET /list-agents": _rows(s.AgentAnswer, OLD_PAGING),
    "GET /get-agent-versions/{}": _rows(s.AgentAnswer),
    "GET /list-agent-versions/{}": _page(s.AgentVersionItem),
    "POST /create-agent-version/{}": _one(s.AgentAnswer),
    "DELETE /delete-agent-version/{}": NOTHING,
    "POST /publish-agent-version/{}": NOTHING,
    "POST /publish-agent/{}": NOTHING,
    "POST /repair-agent/{}": _one(s.AgentAnswer),
    **_kept(s.LlmAnswer, "retell-llm"),
    "GET /v2/list-retell-llms": _page(s.LlmAnswer),
    "GET /list-retell-llms": _rows(s.LlmAnswer, OLD_PAGING),
    **_kept(s.FlowAnswer, "conversation-flow"),
    "GET /v2/list-conversation-flows": _page(s.FlowAnswer),
    "GET /list-conversation-flows": _rows(s.FlowAnswer, OLD_PAGING),
    **_kept(s.ComponentAnswer, "conversation-flow-component"),
    "GET /v2/list-conversation-flow-components": _page(s.ComponentAnswer),
    "GET /list-conversation-flow-components": _rows(s.ComponentAnswer),
    **_kept(s.NumberAnswer, "phone-number"),
    "POST /import-phone-number": _one(s.NumberAnswer),
    "GET /v2/list-phone-numbers": _page(s.NumberAnswer),
    "GET /list-phone-numbers": _rows(s.NumberAnswer),
    "POST /v2/create-phone-call": _one(s.CallAnswer),
    "POST /v3/create-web-call": _one(s.WebCallAnswer),
    "POST /v2/create-web-call": _one(s.CallAnswer),
    "POST /v2/register-phone-call": _one(s.CallAnswer),
    "GET /v2/get-call/{}": _one(s.CallAnswer),
    "PATCH /v2/update-call/{}": _one(s.CallAnswer),
    "DELETE /v2/delete-call/{}": NOTHING,
    "POST /v2/stop-call/{}": NOTHING,
    "PUT /rerun-call-analysis/{}": _one(s.CallAnswer),
    "POST /v3/list-calls": _page(s.CallItem, s.ListCalls),
    "POST /v2/list-calls": Described(s.CallAnswer, "array", s.ListCallsOld),
    "POST /create-batch-call": _one(b.BatchCallAnswer),
    "POST /uponai/v1/batches": _form(b.BatchAnswer, b.BatchCsvForm),
    "GET /uponai/v1/batches": _page(b.BatchItem),
    "GET /uponai/v1/batches/{}": _one(b.BatchAnswer),
    "GET /uponai/v1/batches/{}/tasks": _page(b.BatchTaskItem),
    "POST /uponai/v1/batches/{}/pause": _one(b.BatchAnswer),
    "POST /uponai/v1/batches/{}/resume": _one(b.BatchAnswer),
    "POST /uponai/v1/batches/{}/cancel": _one(b.BatchAnswer),
    "POST /create-knowledge-base": _form(s.KnowledgeBaseAnswer, s.KnowledgeForm),
    "GET /get-knowledge-base/{}": _one(s.KnowledgeBaseAnswer),
    "GET /list-knowledge-bases": _rows(s.KnowledgeBaseAnswer),
    "DELETE /delete-knowledge-base/{}": NOTHING,
    "POST /add-knowledge-base-sources/{}": _form(s.KnowledgeBaseAnswer, s.SourcesForm),
    "DELETE /delete-knowledge-base-source/{}/source/{}": _one(s.KnowledgeBaseAnswer),
    "GET /list-voices": _rows(s.VoiceAnswer),
    "GET /get-voice/{}": _one(s.VoiceAnswer),
    "POST /add-community-voice": _one(s.VoiceAnswer),
    "POST /search-community-voice": _one(s.VoiceMatches),
    "POST /clone-voice": _form(s.VoiceAnswer, s.CloneForm),
    "GET /get-mcp-tools/{}": _rows(s.McpToolAnswer),
    "POST /api/v1/calls/initiate": _one(s.DialectInitiated),
    "GET /api/v1/calls": Described(s.DialectPage, query=DIALECT_PAGING),
    "GET /api/v1/calls/{}": _one(s.DialectOne),
    "PATCH /api/calls/{}": _one(s.DialectCall),
    "GET /recordings/{}/{}": Described(audio=True),
}
