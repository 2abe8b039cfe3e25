"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from uponai.client.params.shared import (
    BackupModel,
    CascadingModel,
    KnowledgeConfig,
    Mcp,
    ModelChoice,
    SpeechModel,
    UntypedModel,
)


class FlowParams(TypedDict, total=False):
    """Body of create-conversation-flow; a PATCH is validated as the flow it would give."""

    nodes: Required[Sequence[Mapping[str, Any]]]
    start_speaker: Required[Literal["user", "agent"]]
    start_node_id: str | None
    global_prompt: str | None
    tools: Sequence[Mapping[str, Any]] | None
    components: Sequence[Mapping[str, Any]] | None
    mcps: Sequence[Mcp] | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    default_dynamic_variables: Mapping[str, str] | None
    begin_after_user_silence_ms: int | None
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    model_choice: ModelChoice | None
    model_temperature: float | None
    backup_model: BackupModel | None
    flex_mode: bool | None
    is_transfer_cf: bool | None
    tool_call_strict_mode: bool | None
    notes: Sequence[Mapping[str, Any]] | None


class FlowUpdateParams(TypedDict, total=False):
    """Body of create-conversation-flow; a PATCH is validated as the flow it would give."""

    nodes: Sequence[Mapping[str, Any]]
    start_speaker: Literal["user", "agent"]
    start_node_id: str | None
    global_prompt: str | None
    tools: Sequence[Mapping[str, Any]] | None
    components: Sequence[Mapping[str, Any]] | None
    mcps: Sequence[Mcp] | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    default_dynamic_variables: Mapping[str, str] | None
    begin_after_user_silence_ms: int | None
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    model_choice: ModelChoice | None
    model_temperature: float | None
    backup_model: BackupModel | None
    flex_mode: bool | None
    is_transfer_cf: bool | None
    tool_call_strict_mode: bool | None
    notes: Sequence[Mapping[str, Any]] | None
