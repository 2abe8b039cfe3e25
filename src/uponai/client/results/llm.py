"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any, Literal

from uponai.client.record import Record
from uponai.client.results.shared import (
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


class EndCallTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["end_call"]
    custom_sip_headers: dict[str, str] | None


class TransferCallTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["transfer_call"]
    transfer_destination: PredefinedDestination | InferredDestination
    transfer_option: ColdTransfer | WarmTransfer | AgenticWarmTransfer
    custom_sip_headers: dict[str, str] | None
    ignore_e164_validation: bool | None


class TransferOutcomeTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["bridge_transfer", "cancel_transfer"]


class AgentSwapTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["agent_swap"]
    agent_id: str
    agent_version: Any
    post_call_analysis_setting: Literal["both_agents", "only_destination_agent"]
    webhook_setting: Literal["both_agents", "only_destination_agent", "only_source_agent"] | None
    keep_current_voice: bool | None
    keep_current_language: bool | None
    use_swap_agent_max_duration: bool | None


class PressDigitTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["press_digit"]
    delay_ms: int | None


class ExtractTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["extract_dynamic_variable"]
    variables: list[TextVariable | ChoiceVariable]


class McpTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["mcp"]
    mcp_id: str | None
    input_schema: dict[str, str] | None


class CalendarTool(Record):
    """The older Cal.com tools."""

    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["check_availability_cal", "book_appointment_cal"]
    cal_api_key: str
    event_type_id: float
    timezone: str | None


class StateEdge(Record):
    destination_state_name: str
    description: str
    parameters: EdgeParameters | None


class PredefinedDestination(Record):
    type: Literal["predefined"]
    number: str
    extension: str | None


class InferredDestination(Record):
    type: Literal["inferred"]
    prompt: str


class ColdTransfer(Record):
    type: Literal["cold_transfer"]
    cold_transfer_mode: Literal["sip_refer", "sip_invite"] | None
    show_transferee_as_caller: bool | None
    transfer_ring_duration_ms: int | None


class WarmTransfer(Record):
    type: Literal["warm_transfer"]
    agent_detection_timeout_ms: float | None
    on_hold_music: Literal["none", "relaxing_sound", "uplifting_beats", "ringtone", "custom"] | None
    transfer_ring_duration_ms: int | None


class AgenticWarmTransfer(Record):
    type: Literal["agentic_warm_transfer"]
    agentic_transfer_config: AgenticTransfer
    transfer_ring_duration_ms: int | None


class EdgeParameters(Record):
    type: Literal["object"]
    properties: dict[str, Any]
    required: list[str] | None


class AgenticTransfer(Record):
    transfer_agent: TransferAgent | None
    transfer_timeout_ms: float | None
    action_on_timeout: Literal["bridge_transfer", "cancel_transfer"] | None


class TransferAgent(Record):
    agent_id: str
    agent_version: Any
