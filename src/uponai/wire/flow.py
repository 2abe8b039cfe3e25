"""The conversation flow's outer fields (retell-api.md section 6.3), and its JSON.

Whether its edges lead anywhere is checked by ``uponai.flow.check``, which knows the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from uponai.wire.common import (
    BackupModel,
    KnowledgeConfig,
    Mcp,
    Milliseconds,
    ModelChoice,
    ModelConfig,
    Speaker,
    Texts,
    Unit,
)
from uponai.wire.llm import merged_engine
from uponai.wire.node import FlowTool, LocalComponent, Node, Note, Position
from uponai.wire.validate import Json, Wire, as_object, check, without_nulls

READ_ONLY = (
    "conversation_flow_id",
    "version",
    "is_published",
    "last_modification_timestamp",
)


class Flow(Wire):
    """Body of create-conversation-flow; a PATCH is validated as the flow it would give."""

    nodes: list[Node]
    start_speaker: Speaker
    start_node_id: str | None = None
    global_prompt: str | None = None
    tools: list[FlowTool] | None = None
    components: list[LocalComponent] | None = None
    mcps: list[Mcp] | None = None
    knowledge_base_ids: list[str] | None = None
    kb_config: KnowledgeConfig | None = None
    default_dynamic_variables: Texts | None = None
    begin_after_user_silence_ms: Milliseconds | None = None
    model_choices: Annotated[ModelConfig | None, Field(alias="model_config")] = None
    model_choice: ModelChoice | None = None
    model_temperature: Unit | None = None
    backup_model: BackupModel | None = None
    flex_mode: bool | None = None
    is_transfer_cf: bool | None = None
    tool_call_strict_mode: bool | None = None
    notes: list[Note] | None = None
    begin_tag_display_position: Position | None = None


def new_flow(body: Any) -> Json:
    """The configuration of a new flow, outer shape checked. Raises InvalidField."""
    return check(Flow, _writable(without_nulls(as_object(body))))


def updated_flow(stored: Mapping[str, Any], body: Any) -> Json:
    """The configuration after a PATCH. Raises InvalidField."""
    return check(Flow, merged_engine(stored, _writable(as_object(body))))


def _writable(given: Mapping[str, Any]) -> Json:
    return {name: value for name, value in given.items() if name not in READ_ONLY}


def flow_json(
    flow_id: str, version: int, config: Mapping[str, Any], *, is_published: bool, modified_ms: int
) -> Json:
    """A conversation flow as the API returns it."""
    head: Json = {
        "conversation_flow_id": flow_id,
        "version": version,
        "is_published": is_published,
    }
    return {**head, **config, "last_modification_timestamp": modified_ms}
