"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any

from uponai.client.record import Record


class ConversationFlowComponentResponse(Record):
    conversation_flow_component_id: str
    name: str
    nodes: list[dict[str, Any]]
    user_modified_timestamp: int
    linked_conversation_flow_ids: list[str] | None
