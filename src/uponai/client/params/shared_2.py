"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from uponai.client.params.shared import (
    AgenticTransfer,
    BackupModel,
    CascadingModel,
    ChoiceVariable,
    Edge,
    GlobalSetting,
    HandoffMessage,
    HandoffPrompt,
    Instruction,
    KnowledgeConfig,
    ModelChoice,
    NodeModel,
    OutputSelection,
    Parameters,
    Position,
    PromptInstruction,
    Size,
    SmsPrompt,
    SmsSender,
    SmsTemplate,
    SmsText,
    SmsToCustomer,
    SmsToNumber,
    SpeechModel,
    TextVariable,
    UntypedModel,
)


class AgentOverride(TypedDict, total=False):
    """The shape; `agent` is checked as the agent that it would give."""

    agent: Mapping[str, Any] | None
    retell_llm: LlmOverride | None
    conversation_flow: FlowOverride | None


class AppTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    depends_on: Sequence[str] | None
    type: Required[Literal["integration_app"]]
    app_id: Required[str]
    provider: Required[str]
    app_tool_template_name: Required[str]
    parameters: Sequence[Parameters] | None
    output_selection: OutputSelection | None


class SendSmsTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    depends_on: Sequence[str] | None
    type: Required[Literal["send_sms"]]
    sms_content: Required[SmsText | SmsPrompt | SmsTemplate]
    sms_destination: SmsToCustomer | SmsToNumber | None
    sms_sender: SmsSender | None


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


class EndNode(TypedDict, total=False):
    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Required[Literal["end"]]
    instruction: Instruction | None
    speak_during_execution: bool | None
    custom_sip_headers: Mapping[str, str] | None


class FunctionNode(TypedDict, total=False):
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
    type: Required[Literal["function"]]
    tool_id: Required[str]
    tool_type: Required[Literal["local", "shared"]]
    wait_for_result: Required[bool]


class CodeNode(TypedDict, total=False):
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
    type: Required[Literal["code"]]
    code: Required[str]
    wait_for_result: Required[bool]
    timeout_ms: int | None
    response_variables: Mapping[str, str] | None


class PressDigitNode(TypedDict, total=False):
    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: Sequence[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: Sequence[Mapping[str, Any]] | None
    type: Required[Literal["press_digit"]]
    instruction: Required[PromptInstruction]
    delay_ms: int | None


class BranchNode(TypedDict, total=False):
    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: Sequence[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: Sequence[Mapping[str, Any]] | None
    type: Required[Literal["branch"]]


class AgentSwapNode(TypedDict, total=False):
    """`edge` is followed when the swap fails."""

    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Required[Literal["agent_swap"]]
    agent_id: Required[str]
    agent_version: int | str
    edge: Required[Edge]
    post_call_analysis_setting: Required[Literal["both_agents", "only_destination_agent"]]
    webhook_setting: Literal["both_agents", "only_destination_agent", "only_source_agent"] | None
    instruction: Instruction | None
    speak_during_execution: bool | None
    keep_current_voice: bool | None
    keep_current_language: bool | None
    use_swap_agent_max_duration: bool | None


class McpNode(TypedDict, total=False):
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
    type: Required[Literal["mcp"]]
    mcp_id: Required[str]
    mcp_tool_name: Required[str]
    wait_for_result: Required[bool]
    response_variables: Mapping[str, str] | None


class ComponentNode(TypedDict, total=False):
    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: Sequence[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: Sequence[Mapping[str, Any]] | None
    type: Required[Literal["component"]]
    component_id: Required[str]
    component_type: Required[Literal["local", "shared"]]


class TransferOutcomeNode(TypedDict, total=False):
    """Only in flows of transfer agents."""

    id: Required[str]
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Required[Literal["bridge_transfer", "cancel_transfer"]]
    instruction: Instruction | None
    speak_during_execution: bool | None


class FlowAppTool(TypedDict, total=False):
    """A connected application's function that nodes name by `tool_id`."""

    tool_id: str | None
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    depends_on: Sequence[str] | None
    type: Required[Literal["integration_app"]]
    app_id: Required[str]
    provider: Required[str]
    app_tool_template_name: Required[str]
    parameters: Sequence[Parameters] | None
    output_selection: OutputSelection | None


class Note(TypedDict, total=False):
    """A remark on the canvas."""

    id: Required[str]
    content: Required[str]
    display_position: Position | None
    size: Size | None


class LlmOverride(TypedDict, total=False):
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    model_temperature: float | None
    backup_model: BackupModel | None
    tool_call_strict_mode: bool | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    start_speaker: Literal["user", "agent"] | None
    begin_after_user_silence_ms: int | None
    model: str | None
    s2s_model: str | None
    model_high_priority: bool | None
    model_ultrafast: bool | None
    begin_message: str | None


class FlowOverride(TypedDict, total=False):
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    model_temperature: float | None
    backup_model: BackupModel | None
    tool_call_strict_mode: bool | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    start_speaker: Literal["user", "agent"] | None
    begin_after_user_silence_ms: int | None
    model_choice: ModelChoice | None


class WarmTransfer(TypedDict, total=False):
    type: Required[Literal["warm_transfer"]]
    agent_detection_timeout_ms: float | None
    on_hold_music: Literal["none", "relaxing_sound", "uplifting_beats", "ringtone", "custom"] | None
    custom_on_hold_music_asset_id: str | None
    opt_out_human_detection: bool | None
    ivr_option: HandoffPrompt | None
    private_handoff_option: HandoffPrompt | HandoffMessage | None
    public_handoff_option: HandoffPrompt | HandoffMessage | None
    enable_bridge_audio_cue: bool | None
    show_transferee_as_caller: bool | None
    transfer_ring_duration_ms: int | None


class AgenticWarmTransfer(TypedDict, total=False):
    type: Required[Literal["agentic_warm_transfer"]]
    agentic_transfer_config: Required[AgenticTransfer]
    on_hold_music: Literal["none", "relaxing_sound", "uplifting_beats", "ringtone", "custom"] | None
    custom_on_hold_music_asset_id: str | None
    public_handoff_option: HandoffPrompt | HandoffMessage | None
    enable_bridge_audio_cue: bool | None
    show_transferee_as_caller: bool | None
    transfer_ring_duration_ms: int | None
