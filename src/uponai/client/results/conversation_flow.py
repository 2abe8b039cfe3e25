"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any, Literal

from uponai.client.record import Record
from uponai.client.results.shared import (
    BackupModel,
    CascadingModel,
    KnowledgeConfig,
    Mcp,
    SpeechModel,
    UntypedModel,
)


class ConversationFlowResponse(Record):
    nodes: list[dict[str, Any]]
    start_speaker: Literal["user", "agent"]
    start_node_id: str | None
    global_prompt: str | None
    tools: list[dict[str, Any]] | None
    components: list[dict[str, Any]] | None
    mcps: list[Mcp] | None
    knowledge_base_ids: list[str] | None
    kb_config: KnowledgeConfig | None
    default_dynamic_variables: dict[str, str] | None
    begin_after_user_silence_ms: int | None
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    model_choice: ModelChoice | None
    model_temperature: float | None
    backup_model: BackupModel | None
    flex_mode: bool | None
    is_transfer_cf: bool | None
    tool_call_strict_mode: bool | None
    notes: list[dict[str, Any]] | None
    conversation_flow_id: str
    version: int


class ModelChoice(Record):
    """The older form of a flow's model."""

    type: Literal["cascading", "s2s"]
    model: str
    high_priority: bool | None
