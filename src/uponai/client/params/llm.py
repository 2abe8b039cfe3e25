"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from uponai.client.params.shared import (
    AgentSwapTool,
    BackupModel,
    CalendarTool,
    CascadingModel,
    CodeTool,
    CustomTool,
    EndCallTool,
    KnowledgeConfig,
    Mcp,
    McpTool,
    PressDigitTool,
    SpeechModel,
    TransferOutcomeTool,
    UntypedModel,
)
from uponai.client.params.shared_2 import AppTool, ExtractTool, SendSmsTool
from uponai.client.params.shared_3 import TransferCallTool


class LlmParams(TypedDict, total=False):
    """Body of create-retell-llm; a PATCH is validated as the LLM it would give."""

    general_prompt: str | None
    begin_message: str | None
    start_speaker: Literal["user", "agent"] | None
    begin_after_user_silence_ms: int | None
    default_dynamic_variables: Mapping[str, str] | None
    model: str | None
    s2s_model: str | None
    model_temperature: float | None
    model_high_priority: bool | None
    model_ultrafast: bool | None
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    backup_model: BackupModel | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    mcps: Sequence[Mcp] | None
    states: Sequence[State] | None
    starting_state: str | None
    general_tools: (
        Sequence[
            EndCallTool
            | TransferCallTool
            | TransferOutcomeTool
            | AgentSwapTool
            | PressDigitTool
            | SendSmsTool
            | CustomTool
            | CodeTool
            | ExtractTool
            | McpTool
            | AppTool
            | CalendarTool
        ]
        | None
    )
    tool_call_strict_mode: bool | None
    is_transfer_llm: bool | None


class LlmUpdateParams(TypedDict, total=False):
    """Body of create-retell-llm; a PATCH is validated as the LLM it would give."""

    general_prompt: str | None
    begin_message: str | None
    start_speaker: Literal["user", "agent"] | None
    begin_after_user_silence_ms: int | None
    default_dynamic_variables: Mapping[str, str] | None
    model: str | None
    s2s_model: str | None
    model_temperature: float | None
    model_high_priority: bool | None
    model_ultrafast: bool | None
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    backup_model: BackupModel | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    mcps: Sequence[Mcp] | None
    states: Sequence[State] | None
    starting_state: str | None
    general_tools: (
        Sequence[
            EndCallTool
            | TransferCallTool
            | TransferOutcomeTool
            | AgentSwapTool
            | PressDigitTool
            | SendSmsTool
            | CustomTool
            | CodeTool
            | ExtractTool
            | McpTool
            | AppTool
            | CalendarTool
        ]
        | None
    )
    tool_call_strict_mode: bool | None
    is_transfer_llm: bool | None


class State(TypedDict, total=False):
    name: Required[str]
    state_prompt: str | None
    tools: (
        Sequence[
            EndCallTool
            | TransferCallTool
            | TransferOutcomeTool
            | AgentSwapTool
            | PressDigitTool
            | SendSmsTool
            | CustomTool
            | CodeTool
            | ExtractTool
            | McpTool
            | AppTool
            | CalendarTool
        ]
        | None
    )
    edges: Sequence[StateEdge] | None


class StateEdge(TypedDict, total=False):
    destination_state_name: Required[str]
    description: Required[str]
    parameters: EdgeParameters | None


class EdgeParameters(TypedDict, total=False):
    type: Required[Literal["object"]]
    properties: Required[Mapping[str, Any]]
    required: Sequence[str] | None
