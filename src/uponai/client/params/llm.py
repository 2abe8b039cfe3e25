"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from uponai.client.params.shared import (
    AppTool,
    BackupModel,
    CascadingModel,
    ChoiceVariable,
    CodeTool,
    CustomTool,
    KnowledgeConfig,
    Mcp,
    SendSmsTool,
    SpeechModel,
    TextVariable,
    UntypedModel,
)


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


class EndCallTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["end_call"]]
    custom_sip_headers: Mapping[str, str] | None


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


class TransferOutcomeTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["bridge_transfer", "cancel_transfer"]]


class AgentSwapTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["agent_swap"]]
    agent_id: Required[str]
    agent_version: Any
    post_call_analysis_setting: Required[Literal["both_agents", "only_destination_agent"]]
    webhook_setting: Literal["both_agents", "only_destination_agent", "only_source_agent"] | None
    keep_current_voice: bool | None
    keep_current_language: bool | None
    use_swap_agent_max_duration: bool | None


class PressDigitTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["press_digit"]]
    delay_ms: int | None


class ExtractTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["extract_dynamic_variable"]]
    variables: Required[Sequence[TextVariable | ChoiceVariable]]


class McpTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["mcp"]]
    mcp_id: str | None
    input_schema: Mapping[str, str] | None


class CalendarTool(TypedDict, total=False):
    """The older Cal.com tools."""

    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["check_availability_cal", "book_appointment_cal"]]
    cal_api_key: Required[str]
    event_type_id: Required[float]
    timezone: str | None


class StateEdge(TypedDict, total=False):
    destination_state_name: Required[str]
    description: Required[str]
    parameters: EdgeParameters | None


class PredefinedDestination(TypedDict, total=False):
    type: Required[Literal["predefined"]]
    number: Required[str]
    extension: str | None


class InferredDestination(TypedDict, total=False):
    type: Required[Literal["inferred"]]
    prompt: Required[str]


class ColdTransfer(TypedDict, total=False):
    type: Required[Literal["cold_transfer"]]
    cold_transfer_mode: Literal["sip_refer", "sip_invite"] | None
    show_transferee_as_caller: bool | None
    transfer_ring_duration_ms: int | None


class WarmTransfer(TypedDict, total=False):
    type: Required[Literal["warm_transfer"]]
    agent_detection_timeout_ms: float | None
    on_hold_music: Literal["none", "relaxing_sound", "uplifting_beats", "ringtone", "custom"] | None
    transfer_ring_duration_ms: int | None


class AgenticWarmTransfer(TypedDict, total=False):
    type: Required[Literal["agentic_warm_transfer"]]
    agentic_transfer_config: Required[AgenticTransfer]
    transfer_ring_duration_ms: int | None


class EdgeParameters(TypedDict, total=False):
    type: Required[Literal["object"]]
    properties: Required[Mapping[str, Any]]
    required: Sequence[str] | None


class AgenticTransfer(TypedDict, total=False):
    transfer_agent: TransferAgent | None
    transfer_timeout_ms: float | None
    action_on_timeout: Literal["bridge_transfer", "cancel_transfer"] | None


class TransferAgent(TypedDict, total=False):
    agent_id: Required[str]
    agent_version: Required[Any]
