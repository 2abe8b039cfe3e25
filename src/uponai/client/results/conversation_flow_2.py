"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal

from uponai.client.record import Record
from uponai.client.results.conversation_flow import (
    AgentSwapNode,
    BranchNode,
    CodeNode,
    ComponentNode,
    ConversationNode,
    EndNode,
    ExtractNode,
    FlowAppTool,
    FlowCustomTool,
    FunctionNode,
    McpNode,
    ModelChoice,
    Note,
    Position,
    PressDigitNode,
    SmsNode,
    SubagentNode,
    TransferCallNode,
    TransferOutcomeNode,
)
from uponai.client.results.shared import (
    BackupModel,
    CascadingModel,
    KnowledgeConfig,
    Mcp,
    SpeechModel,
    UntypedModel,
)


class ConversationFlowResponse(Record):
    nodes: list[
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
    tools: list[FlowCustomTool | FlowAppTool] | None
    components: list[LocalComponent] | None
    mcps: list[Mcp] | None
    knowledge_base_ids: list[str] | None
    kb_config: KnowledgeConfig | None
    default_dynamic_variables: dict[str, str] | None
    begin_after_user_silence_ms: int | None
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    model_choice: ModelChoice | None
    model_temperature: float | None
    backup_model: BackupModel | None
    flex_mode: bool | None
    is_transfer_cf: bool | None
    tool_call_strict_mode: bool | None
    notes: list[Note] | None
    begin_tag_display_position: Position | None
    conversation_flow_id: str
    version: int
    is_published: bool | None
    last_modification_timestamp: int | None


class LocalComponent(Record):
    """A component inside a flow; nodes name it by its id."""

    name: str
    nodes: list[
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
    start_node_id: str | None
    tools: list[FlowCustomTool | FlowAppTool] | None
    mcps: list[Mcp] | None
    flex_mode: bool | None
    notes: list[Note] | None
    begin_tag_display_position: Position | None
    conversation_flow_component_id: str | None
