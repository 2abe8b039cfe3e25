"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Required, TypedDict

from uponai.client.params.shared import (
    BackupModel,
    CascadingModel,
    FlowCustomTool,
    KnowledgeConfig,
    Mcp,
    ModelChoice,
    Position,
    SpeechModel,
    UntypedModel,
)
from uponai.client.params.shared_2 import (
    AgentSwapNode,
    BranchNode,
    CodeNode,
    ComponentNode,
    EndNode,
    FlowAppTool,
    FunctionNode,
    McpNode,
    Note,
    PressDigitNode,
    TransferOutcomeNode,
)
from uponai.client.params.shared_3 import (
    ConversationNode,
    ExtractNode,
    SmsNode,
    SubagentNode,
    TransferCallNode,
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
