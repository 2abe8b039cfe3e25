"""The nodes of a conversation flow: fields and ranges (retell-api.md section 6.3).

Whether edges lead anywhere and conditions can be read, ``uponai.flow.check`` says, which knows the
graph; here are the shapes of all fifteen types, those too that are only stored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from uponai.wire.common import (
    KnowledgeConfig,
    Mcp,
    ModelChoice,
    ModelRef,
    Texts,
    Unit,
    Version,
)
from uponai.wire.speech import SttConfig, checked_stt_config
from uponai.wire.tool import (
    MAX_CODE_CHARS,
    AppTool,
    CustomTool,
    Destination,
    SmsDestination,
    SmsSender,
    Tool,
    ToolTimeout,
    TransferOption,
    Variable,
)
from uponai.wire.validate import Wire


class Position(Wire):
    x: float
    y: float


class Size(Wire):
    width: float
    height: float


class Note(Wire):
    """A remark on the canvas."""

    id: str
    content: str
    display_position: Position | None = None
    size: Size | None = None


class NodeModel(Wire):
    """``model_config`` of a node: its model only."""

    primary: ModelRef | None = None


class Edge(Wire):
    """``transition_condition`` is a prompt or an equation."""

    id: str
    transition_condition: dict[str, Any]
    destination_node_id: str | None = None


class GlobalSetting(Wire):
    condition: Any
    cool_down: Annotated[float, Field(ge=1)] | None = None
    go_back_conditions: list[Edge] | None = None
    positive_finetune_examples: list[dict[str, Any]] | None = None
    negative_finetune_examples: list[dict[str, Any]] | None = None


class _Node(Wire):
    id: Annotated[str, Field(min_length=1)]
    name: str | None = None
    display_position: Position | None = None
    global_node_setting: GlobalSetting | None = None
    model_choice: ModelChoice | None = None
    model_choices: Annotated[NodeModel | None, Field(alias="model_config")] = None


class _WithEdges(_Node):
    edges: list[Edge] | None = None
    else_edge: Edge | None = None
    finetune_transition_examples: list[dict[str, Any]] | None = None


class Instruction(Wire):
    type: Literal["prompt", "static_text"]
    text: str


class PromptInstruction(Wire):
    type: Literal["prompt"]
    text: str


class _Talking(_WithEdges):
    always_edge: Edge | None = None
    skip_response_edge: Edge | None = None
    skippable: bool | None = None
    allow_dtmf_interruption: bool | None = None
    interruption_sensitivity: Unit | None = None
    responsiveness: Unit | None = None
    voice_speed: Annotated[float, Field(ge=0.5, le=2)] | None = None
    stt_mode: Literal["fast", "accurate", "custom"] | None = None
    custom_stt_config: Annotated[SttConfig, AfterValidator(checked_stt_config)] | None = None
    boosted_keywords: Annotated[list[str], Field(max_length=100)] | None = None
    reminder_trigger_ms: Annotated[float, Field(gt=0)] | None = None
    reminder_max_count: Annotated[int, Field(ge=0)] | None = None
    knowledge_base_ids: list[str] | None = None
    kb_config: KnowledgeConfig | None = None
    finetune_conversation_examples: list[dict[str, Any]] | None = None


class ConversationNode(_Talking):
    type: Literal["conversation"]
    instruction: Instruction


class SubagentNode(_Talking):
    type: Literal["subagent"]
    instruction: Instruction
    tools: list[Tool] | None = None
    tool_ids: list[str] | None = None


class EndNode(_Node):
    type: Literal["end"]
    instruction: Instruction | None = None
    speak_during_execution: bool | None = None
    custom_sip_headers: Texts | None = None


class _Working(_WithEdges):
    instruction: Instruction | None = None
    speak_during_execution: bool | None = None
    enable_typing_sound: bool | None = None


class FunctionNode(_Working):
    type: Literal["function"]
    tool_id: str
    tool_type: Literal["local", "shared"]
    wait_for_result: bool


class CodeNode(_Working):
    type: Literal["code"]
    code: Annotated[str, Field(max_length=MAX_CODE_CHARS)]
    wait_for_result: bool
    timeout_ms: ToolTimeout | None = None
    response_variables: Texts | None = None


class McpNode(_Working):
    type: Literal["mcp"]
    mcp_id: str
    mcp_tool_name: str
    wait_for_result: bool
    response_variables: Texts | None = None


class TransferCallNode(_Node):
    """``edge`` is followed when the transfer fails."""

    type: Literal["transfer_call"]
    transfer_destination: Destination
    transfer_option: TransferOption
    edge: Edge
    instruction: Instruction | None = None
    speak_during_execution: bool | None = None
    custom_sip_headers: Texts | None = None
    ignore_e164_validation: bool | None = None


class PressDigitNode(_WithEdges):
    type: Literal["press_digit"]
    instruction: PromptInstruction
    delay_ms: Annotated[int, Field(ge=0, le=5_000)] | None = None


class BranchNode(_WithEdges):
    type: Literal["branch"]


class SmsNode(_Node):
    type: Literal["sms"]
    instruction: dict[str, Any]
    success_edge: Edge
    failed_edge: Edge
    sms_destination: SmsDestination | None = None
    sms_sender: SmsSender | None = None


class ExtractNode(_Working):
    type: Literal["extract_dynamic_variables"]
    variables: list[Variable]


class AgentSwapNode(_Node):
    """``edge`` is followed when the swap fails."""

    type: Literal["agent_swap"]
    agent_id: str
    agent_version: Version = None
    edge: Edge
    post_call_analysis_setting: Literal["both_agents", "only_destination_agent"]
    webhook_setting: (
        Literal["both_agents", "only_destination_agent", "only_source_agent"] | None
    ) = None
    instruction: Instruction | None = None
    speak_during_execution: bool | None = None
    keep_current_voice: bool | None = None
    keep_current_language: bool | None = None
    use_swap_agent_max_duration: bool | None = None


class ComponentNode(_WithEdges):
    type: Literal["component"]
    component_id: Annotated[str, Field(min_length=1)]
    component_type: Literal["local", "shared"]


class TransferOutcomeNode(_Node):
    """Only in flows of transfer agents."""

    type: Literal["bridge_transfer", "cancel_transfer"]
    instruction: Instruction | None = None
    speak_during_execution: bool | None = None


Node = Annotated[
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
    | TransferOutcomeNode,
    Field(discriminator="type"),
]


class _FlowTool(Wire):
    tool_id: str | None = None


class FlowCustomTool(CustomTool, _FlowTool):
    """A function that nodes name by ``tool_id``."""


class FlowAppTool(AppTool, _FlowTool):
    """A connected application's function that nodes name by ``tool_id``."""


FlowTool = Annotated[FlowCustomTool | FlowAppTool, Field(discriminator="type")]


class Component(Wire):
    """A part of a flow with a start of its own: local to a flow, or shared between flows."""

    name: Annotated[str, Field(min_length=1)]
    nodes: list[Node]
    start_node_id: str | None = None
    tools: list[FlowTool] | None = None
    mcps: list[Mcp] | None = None
    flex_mode: bool | None = None
    notes: list[Note] | None = None
    begin_tag_display_position: Position | None = None


class LocalComponent(Component):
    """A component inside a flow; nodes name it by its id."""

    conversation_flow_component_id: str | None = None
