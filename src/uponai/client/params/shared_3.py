"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from uponai.client.params.shared import (
    AgentSwapTool,
    CalendarTool,
    ChoiceVariable,
    CodeTool,
    ColdTransfer,
    CustomTool,
    Edge,
    EndCallTool,
    GlobalSetting,
    InferredDestination,
    Instruction,
    KnowledgeConfig,
    McpTool,
    ModelChoice,
    NodeModel,
    Position,
    PredefinedDestination,
    PressDigitTool,
    SmsSender,
    SmsToCustomer,
    SmsToNumber,
    SttConfig,
    TextVariable,
    TransferOutcomeTool,
)
from uponai.client.params.shared_2 import (
    AgenticWarmTransfer,
    AppTool,
    ExtractTool,
    SendSmsTool,
    WarmTransfer,
)


class TransferCallTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["transfer_call"]]
    transfer_destination: Required[PredefinedDestination | InferredDestination]
    transfer_option: Required[ColdTransfer | WarmTransfer | AgenticWarmTransfer]
    custom_sip_headers: Mapping[str, str] | None
    ignore_e164_validation: bool | None


class ConversationNode(TypedDict, total=False):
    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: Sequence[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: Sequence[Mapping[str, Any]] | None
    always_edge: Edge | None
    skip_response_edge: Edge | None
    skippable: bool | None
    allow_dtmf_interruption: bool | None
    interruption_sensitivity: float | None
    responsiveness: float | None
    voice_speed: float | None
    stt_mode: Literal["fast", "accurate", "custom"] | None
    custom_stt_config: SttConfig | None
    boosted_keywords: Sequence[str] | None
    reminder_trigger_ms: float | None
    reminder_max_count: int | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    finetune_conversation_examples: Sequence[Mapping[str, Any]] | None
    type: Required[Literal["conversation"]]
    instruction: Required[Instruction]


class SubagentNode(TypedDict, total=False):
    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: Sequence[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: Sequence[Mapping[str, Any]] | None
    always_edge: Edge | None
    skip_response_edge: Edge | None
    skippable: bool | None
    allow_dtmf_interruption: bool | None
    interruption_sensitivity: float | None
    responsiveness: float | None
    voice_speed: float | None
    stt_mode: Literal["fast", "accurate", "custom"] | None
    custom_stt_config: SttConfig | None
    boosted_keywords: Sequence[str] | None
    reminder_trigger_ms: float | None
    reminder_max_count: int | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    finetune_conversation_examples: Sequence[Mapping[str, Any]] | None
    type: Required[Literal["subagent"]]
    instruction: Required[Instruction]
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
    tool_ids: Sequence[str] | None


class TransferCallNode(TypedDict, total=False):
    """`edge` is followed when the transfer fails."""

    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Required[Literal["transfer_call"]]
    transfer_destination: Required[PredefinedDestination | InferredDestination]
    transfer_option: Required[ColdTransfer | WarmTransfer | AgenticWarmTransfer]
    edge: Required[Edge]
    instruction: Instruction | None
    speak_during_execution: bool | None
    custom_sip_headers: Mapping[str, str] | None
    ignore_e164_validation: bool | None


class SmsNode(TypedDict, total=False):
    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Required[Literal["sms"]]
    instruction: Required[Mapping[str, Any]]
    success_edge: Required[Edge]
    failed_edge: Required[Edge]
    sms_destination: SmsToCustomer | SmsToNumber | None
    sms_sender: SmsSender | None


class ExtractNode(TypedDict, total=False):
    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: Sequence[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: Sequence[Mapping[str, Any]] | None
    instruction: Instruction | None
    speak_during_execution: bool | None
    enable_typing_sound: bool | None
    type: Required[Literal["extract_dynamic_variables"]]
    variables: Required[Sequence[TextVariable | ChoiceVariable]]
