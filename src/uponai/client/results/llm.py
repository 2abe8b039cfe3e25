"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any, Literal

from uponai.client.record import Record
from uponai.client.results.shared import (
    AgentSwapTool,
    AppTool,
    BackupModel,
    CalendarTool,
    CascadingModel,
    CodeTool,
    CustomTool,
    EndCallTool,
    ExtractTool,
    KnowledgeConfig,
    Mcp,
    McpTool,
    PressDigitTool,
    SendSmsTool,
    SpeechModel,
    TransferCallTool,
    TransferOutcomeTool,
    UntypedModel,
)


class LlmResponse(Record):
    general_prompt: str | None
    begin_message: str | None
    start_speaker: Literal["user", "agent"] | None
    begin_after_user_silence_ms: int | None
    default_dynamic_variables: dict[str, str] | None
    model: str | None
    s2s_model: str | None
    model_temperature: float | None
    model_high_priority: bool | None
    model_ultrafast: bool | None
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    backup_model: BackupModel | None
    knowledge_base_ids: list[str] | None
    kb_config: KnowledgeConfig | None
    mcps: list[Mcp] | None
    states: list[State] | None
    starting_state: str | None
    general_tools: (
        list[
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
    llm_id: str
    version: int
    is_published: bool
    last_modification_timestamp: int


class State(Record):
    name: str
    state_prompt: str | None
    tools: (
        list[
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
    edges: list[StateEdge] | None


class StateEdge(Record):
    destination_state_name: str
    description: str
    parameters: EdgeParameters | None


class EdgeParameters(Record):
    type: Literal["object"]
    properties: dict[str, Any]
    required: list[str] | None
