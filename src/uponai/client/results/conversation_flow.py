"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any, Literal

from uponai.client.record import Record
from uponai.client.results.shared import (
    AgenticWarmTransfer,
    AgentSwapTool,
    AppTool,
    CalendarTool,
    ChoiceVariable,
    CodeTool,
    ColdTransfer,
    CustomTool,
    EndCallTool,
    ExtractTool,
    InferredDestination,
    KnowledgeConfig,
    McpTool,
    ModelRef,
    OutputSelection,
    Parameters,
    PredefinedDestination,
    PressDigitTool,
    SendSmsTool,
    SmsSender,
    SmsToCustomer,
    SmsToNumber,
    SttConfig,
    TextVariable,
    TransferCallTool,
    TransferOutcomeTool,
    WarmTransfer,
)


class ConversationNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: list[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: list[dict[str, Any]] | None
    always_edge: Edge | None
    skip_response_edge: Edge | None
    skippable: bool | None
    allow_dtmf_interruption: bool | None
    interruption_sensitivity: float | None
    responsiveness: float | None
    voice_speed: float | None
    stt_mode: Literal["fast", "accurate", "custom"] | None
    custom_stt_config: SttConfig | None
    boosted_keywords: list[str] | None
    reminder_trigger_ms: float | None
    reminder_max_count: int | None
    knowledge_base_ids: list[str] | None
    kb_config: KnowledgeConfig | None
    finetune_conversation_examples: list[dict[str, Any]] | None
    type: Literal["conversation"]
    instruction: Instruction


class SubagentNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: list[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: list[dict[str, Any]] | None
    always_edge: Edge | None
    skip_response_edge: Edge | None
    skippable: bool | None
    allow_dtmf_interruption: bool | None
    interruption_sensitivity: float | None
    responsiveness: float | None
    voice_speed: float | None
    stt_mode: Literal["fast", "accurate", "custom"] | None
    custom_stt_config: SttConfig | None
    boosted_keywords: list[str] | None
    reminder_trigger_ms: float | None
    reminder_max_count: int | None
    knowledge_base_ids: list[str] | None
    kb_config: KnowledgeConfig | None
    finetune_conversation_examples: list[dict[str, Any]] | None
    type: Literal["subagent"]
    instruction: Instruction
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
    tool_ids: list[str] | None


class EndNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Literal["end"]
    instruction: Instruction | None
    speak_during_execution: bool | None
    custom_sip_headers: dict[str, str] | None


class FunctionNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: list[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: list[dict[str, Any]] | None
    instruction: Instruction | None
    speak_during_execution: bool | None
    enable_typing_sound: bool | None
    type: Literal["function"]
    tool_id: str
    tool_type: Literal["local", "shared"]
    wait_for_result: bool


class CodeNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: list[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: list[dict[str, Any]] | None
    instruction: Instruction | None
    speak_during_execution: bool | None
    enable_typing_sound: bool | None
    type: Literal["code"]
    code: str
    wait_for_result: bool
    timeout_ms: int | None
    response_variables: dict[str, str] | None


class TransferCallNode(Record):
    """`edge` is followed when the transfer fails."""

    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Literal["transfer_call"]
    transfer_destination: PredefinedDestination | InferredDestination
    transfer_option: ColdTransfer | WarmTransfer | AgenticWarmTransfer
    edge: Edge
    instruction: Instruction | None
    speak_during_execution: bool | None
    custom_sip_headers: dict[str, str] | None
    ignore_e164_validation: bool | None


class PressDigitNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: list[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: list[dict[str, Any]] | None
    type: Literal["press_digit"]
    instruction: PromptInstruction
    delay_ms: int | None


class BranchNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: list[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: list[dict[str, Any]] | None
    type: Literal["branch"]


class SmsNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Literal["sms"]
    instruction: dict[str, Any]
    success_edge: Edge
    failed_edge: Edge
    sms_destination: SmsToCustomer | SmsToNumber | None
    sms_sender: SmsSender | None


class ExtractNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: list[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: list[dict[str, Any]] | None
    instruction: Instruction | None
    speak_during_execution: bool | None
    enable_typing_sound: bool | None
    type: Literal["extract_dynamic_variables"]
    variables: list[TextVariable | ChoiceVariable]


class AgentSwapNode(Record):
    """`edge` is followed when the swap fails."""

    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Literal["agent_swap"]
    agent_id: str
    agent_version: int | str | None
    edge: Edge
    post_call_analysis_setting: Literal["both_agents", "only_destination_agent"]
    webhook_setting: Literal["both_agents", "only_destination_agent", "only_source_agent"] | None
    instruction: Instruction | None
    speak_during_execution: bool | None
    keep_current_voice: bool | None
    keep_current_language: bool | None
    use_swap_agent_max_duration: bool | None


class McpNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: list[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: list[dict[str, Any]] | None
    instruction: Instruction | None
    speak_during_execution: bool | None
    enable_typing_sound: bool | None
    type: Literal["mcp"]
    mcp_id: str
    mcp_tool_name: str
    wait_for_result: bool
    response_variables: dict[str, str] | None


class ComponentNode(Record):
    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    edges: list[Edge] | None
    else_edge: Edge | None
    finetune_transition_examples: list[dict[str, Any]] | None
    type: Literal["component"]
    component_id: str
    component_type: Literal["local", "shared"]


class TransferOutcomeNode(Record):
    """Only in flows of transfer agents."""

    id: str
    name: str | None
    display_position: Position | None
    global_node_setting: GlobalSetting | None
    model_choice: ModelChoice | None
    model_config: NodeModel | None
    type: Literal["bridge_transfer", "cancel_transfer"]
    instruction: Instruction | None
    speak_during_execution: bool | None


class FlowCustomTool(Record):
    """A function that nodes name by `tool_id`."""

    tool_id: str | None
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    depends_on: list[str] | None
    type: Literal["custom"]
    url: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    headers: dict[str, str] | None
    query_params: dict[str, str] | None
    parameters: Parameters | None
    args_at_root: bool | None
    parameter_type: Literal["json", "form"] | None
    timeout_ms: int | None
    max_retry: int | None


class FlowAppTool(Record):
    """A connected application's function that nodes name by `tool_id`."""

    tool_id: str | None
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    depends_on: list[str] | None
    type: Literal["integration_app"]
    app_id: str
    provider: str
    app_tool_template_name: str
    parameters: list[Parameters] | None
    output_selection: OutputSelection | None


class ModelChoice(Record):
    """The older form of a flow's model."""

    type: Literal["cascading", "s2s"]
    model: str
    high_priority: bool | None


class Note(Record):
    """A remark on the canvas."""

    id: str
    content: str
    display_position: Position | None
    size: Size | None


class Position(Record):
    x: float
    y: float


class GlobalSetting(Record):
    condition: Any
    cool_down: float | None
    go_back_conditions: list[Edge] | None
    positive_finetune_examples: list[dict[str, Any]] | None
    negative_finetune_examples: list[dict[str, Any]] | None


class NodeModel(Record):
    """`model_config` of a node: its model only."""

    primary: ModelRef | None


class Edge(Record):
    """`transition_condition` is a prompt or an equation."""

    id: str
    transition_condition: dict[str, Any]
    destination_node_id: str | None


class Instruction(Record):
    type: Literal["prompt", "static_text"]
    text: str


class PromptInstruction(Record):
    type: Literal["prompt"]
    text: str


class Size(Record):
    width: float
    height: float
