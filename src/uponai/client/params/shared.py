"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict


class AgentOverride(TypedDict, total=False):
    """The shape; `agent` is checked as the agent that it would give."""

    agent: Mapping[str, Any] | None
    retell_llm: LlmOverride | None
    conversation_flow: FlowOverride | None


class SttConfig(TypedDict, total=False):
    provider: Required[Literal["azure", "deepgram", "soniox", "assemblyai", "muse"]]
    endpointing_ms: Required[int]


class TextVariable(TypedDict, total=False):
    type: Required[Literal["string", "boolean", "number"]]
    name: Required[str]
    description: Required[str]
    required: bool | None
    conditional_prompt: str | None
    examples: Sequence[str] | None


class ChoiceVariable(TypedDict, total=False):
    type: Required[Literal["enum"]]
    name: Required[str]
    description: Required[str]
    choices: Required[Sequence[str]]
    required: bool | None
    conditional_prompt: str | None


class CustomTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    depends_on: Sequence[str] | None
    type: Required[Literal["custom"]]
    url: Required[str]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    headers: Mapping[str, str] | None
    query_params: Mapping[str, str] | None
    parameters: Parameters | None
    args_at_root: bool | None
    parameter_type: Literal["json", "form"] | None
    timeout_ms: int | None
    max_retry: int | None


class CodeTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    depends_on: Sequence[str] | None
    type: Required[Literal["code"]]
    code: Required[str]
    timeout_ms: int | None


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


class CascadingModel(TypedDict, total=False):
    type: Required[Literal["cascading"]]
    primary: ModelRef | None
    backup: ModelRef | None
    temperature: float | None


class SpeechModel(TypedDict, total=False):
    type: Required[Literal["s2s"]]
    primary: ModelRef | None
    temperature: float | None


class UntypedModel(TypedDict, total=False):
    """A change that leaves the type alone."""

    backup: ModelRef | None
    temperature: float | None


class BackupModel(TypedDict, total=False):
    """The older form of a backup."""

    type: Required[Literal["cascading"]]
    model: Required[str]
    high_priority: bool | None
    ultrafast: bool | None
    backup_kick_in_timeout: int | None


class KnowledgeConfig(TypedDict, total=False):
    top_k: int | None
    filter_score: float | None


class Mcp(TypedDict, total=False):
    name: Required[str]
    url: Required[str]
    headers: Mapping[str, str] | None
    query_params: Mapping[str, str] | None
    timeout_ms: int | None


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
    agent_version: int | str
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


class FlowCustomTool(TypedDict, total=False):
    """A function that nodes name by `tool_id`."""

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
    type: Required[Literal["custom"]]
    url: Required[str]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    headers: Mapping[str, str] | None
    query_params: Mapping[str, str] | None
    parameters: Parameters | None
    args_at_root: bool | None
    parameter_type: Literal["json", "form"] | None
    timeout_ms: int | None
    max_retry: int | None


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


class ModelChoice(TypedDict, total=False):
    """The older form of a flow's model."""

    type: Required[Literal["cascading", "s2s"]]
    model: Required[str]
    high_priority: bool | None


class Note(TypedDict, total=False):
    """A remark on the canvas."""

    id: Required[str]
    content: Required[str]
    display_position: Position | None
    size: Size | None


class Position(TypedDict, total=False):
    x: Required[float]
    y: Required[float]


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


class Condition(TypedDict, total=False):
    """One filter: which operators and values fit depends on `type`."""

    type: Required[Literal["string", "number", "range", "boolean", "enum", "present"]]
    op: Required[
        Literal["eq", "ne", "sw", "ew", "co", "gt", "ge", "lt", "le", "bt", "in", "pr", "np"]
    ]
    value: Any


class TimeWindow(TypedDict, total=False):
    """Minutes since local midnight, the end excluded."""

    start: Required[float]
    end: Required[float]


class Parameters(TypedDict, total=False):
    """A JSON schema of an object."""

    type: Required[Literal["object"]]
    properties: Required[Mapping[str, Any]]
    required: Sequence[str] | None


class OutputSelection(TypedDict, total=False):
    mode: Required[Literal["all", "subset"]]
    fields: Sequence[str] | None


class SmsText(TypedDict, total=False):
    type: Required[Literal["predefined"]]
    text: Required[str]


class SmsPrompt(TypedDict, total=False):
    type: Required[Literal["inferred"]]
    prompt: Required[str]


class SmsTemplate(TypedDict, total=False):
    type: Required[Literal["template"]]
    template: Required[Literal["info_collection"]]


class SmsToCustomer(TypedDict, total=False):
    type: Required[Literal["customer_number"]]


class SmsToNumber(TypedDict, total=False):
    type: Required[Literal["phone_number"]]
    phone_number: Required[str]
    ignore_e164_validation: bool | None


class SmsSender(TypedDict, total=False):
    type: Required[Literal["current_number", "retell_long_code"]]


class ModelRef(TypedDict, total=False):
    """`model` is a name of Retell's list or `provider/model` of this installation."""

    model: Required[str]
    tier: Literal["standard", "fast", "ultrafast"] | None
    kick_in_timeout_ms: int | None


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


class GlobalSetting(TypedDict, total=False):
    condition: Required[Any]
    cool_down: float | None
    go_back_conditions: Sequence[Edge] | None
    positive_finetune_examples: Sequence[Mapping[str, Any]] | None
    negative_finetune_examples: Sequence[Mapping[str, Any]] | None


class NodeModel(TypedDict, total=False):
    """`model_config` of a node: its model only."""

    primary: ModelRef | None


class Edge(TypedDict, total=False):
    """`transition_condition` is a prompt or an equation."""

    id: Required[str]
    transition_condition: Required[Mapping[str, Any]]
    destination_node_id: str | None


class Instruction(TypedDict, total=False):
    type: Required[Literal["prompt", "static_text"]]
    text: Required[str]


class PromptInstruction(TypedDict, total=False):
    type: Required[Literal["prompt"]]
    text: Required[str]


class Size(TypedDict, total=False):
    width: Required[float]
    height: Required[float]


class HandoffPrompt(TypedDict, total=False):
    type: Required[Literal["prompt"]]
    prompt: Required[str]


class HandoffMessage(TypedDict, total=False):
    type: Required[Literal["static_message"]]
    message: Required[str]


class AgenticTransfer(TypedDict, total=False):
    transfer_agent: TransferAgent | None
    transfer_timeout_ms: float | None
    action_on_timeout: Literal["bridge_transfer", "cancel_transfer"] | None


class TransferAgent(TypedDict, total=False):
    agent_id: Required[str]
    agent_version: Required[int | str]
