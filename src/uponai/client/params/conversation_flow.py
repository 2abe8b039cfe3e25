"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from uponai.client.params.shared import (
    AgenticWarmTransfer,
    AgentSwapTool,
    AppTool,
    BackupModel,
    CalendarTool,
    CascadingModel,
    ChoiceVariable,
    CodeTool,
    ColdTransfer,
    CustomTool,
    EndCallTool,
    ExtractTool,
    InferredDestination,
    KnowledgeConfig,
    Mcp,
    McpTool,
    ModelChoice,
    ModelRef,
    OutputSelection,
    Parameters,
    PredefinedDestination,
    PressDigitTool,
    SendSmsTool,
    SmsSender,
    SmsToCustomer,
    SmsToNumber,
    SpeechModel,
    SttConfig,
    TextVariable,
    TransferCallTool,
    TransferOutcomeTool,
    UntypedModel,
    WarmTransfer,
)


class FlowParams(TypedDict, total=False):
    """Body of create-conversation-flow; a PATCH is validated as the flow it would give."""

    nodes: Required[
        Sequence[
            ConversationNode
            | SubagentNode
            | EndNode
            | FunctionNode
            | CodeNode
            | TransferCallNode
            | PressDigitNode
            | BranchNode
            | SmsNode
            | ExtractNode
            | AgentSwapNode
            | McpNode
            | ComponentNode
            | TransferOutcomeNode
        ]
    ]
    start_speaker: Required[Literal["user", "agent"]]
    start_node_id: str | None
    global_prompt: str | None
    tools: Sequence[FlowCustomTool | FlowAppTool] | None
    components: Sequence[LocalComponent] | None
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
    notes: Sequence[Note] | None
    begin_tag_display_position: Position | None


class FlowUpdateParams(TypedDict, total=False):
    """Body of create-conversation-flow; a PATCH is validated as the flow it would give."""

    nodes: Sequence[
        ConversationNode
        | SubagentNode
        | EndNode
        | FunctionNode
        | CodeNode
        | TransferCallNode
        | PressDigitNode
        | BranchNode
        | SmsNode
        | ExtractNode
        | AgentSwapNode
        | McpNode
        | ComponentNode
        | TransferOutcomeNode
    ]
    start_speaker: Literal["user", "agent"]
    start_node_id: str | None
    global_prompt: str | None
    tools: Sequence[FlowCustomTool | FlowAppTool] | None
    components: Sequence[LocalComponent] | None
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
    notes: Sequence[Note] | None
    begin_tag_display_position: Position | None


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


class LocalComponent(TypedDict, total=False):
    """A component inside a flow; nodes name it by its id."""

    name: Required[str]
    nodes: Required[
        Sequence[
            ConversationNode
            | SubagentNode
            | EndNode
            | FunctionNode
            | CodeNode
            | TransferCallNode
            | PressDigitNode
            | BranchNode
            | SmsNode
            | ExtractNode
            | AgentSwapNode
            | McpNode
            | ComponentNode
            | TransferOutcomeNode
        ]
    ]
    start_node_id: str | None
    tools: Sequence[FlowCustomTool | FlowAppTool] | None
    mcps: Sequence[Mcp] | None
    flex_mode: bool | None
    notes: Sequence[Note] | None
    begin_tag_display_position: Position | None
    conversation_flow_component_id: str | None


class Note(TypedDict, total=False):
    """A remark on the canvas."""

    id: Required[str]
    content: Required[str]
    display_position: Position | None
    size: Size | None


class Position(TypedDict, total=False):
    x: Required[float]
    y: Required[float]


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
