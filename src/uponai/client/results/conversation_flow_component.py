"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any

from uponai.client.record import Record
from uponai.client.results.shared import Mcp


class ConversationFlowComponentResponse(Record):
    name: str
    nodes: list[dict[str, Any]]
    start_node_id: str | None
    tools: list[dict[str, Any]] | None
    mcps: list[Mcp] | None
    flex_mode: bool | None
    notes: list[dict[str, Any]] | None
    begin_tag_display_position: dict[str, Any] | None
    conversation_flow_component_id: str
    linked_conversation_flow_ids: list[str] | None
    user_modified_timestamp: int
