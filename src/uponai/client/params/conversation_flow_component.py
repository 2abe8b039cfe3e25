"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict

from uponai.client.params.shared import FlowCustomTool, Mcp, Position
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


class ComponentParams(TypedDict, total=False):
    """A part of a flow with a start of its own: local to a flow, or shared between flows."""

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


class ComponentUpdateParams(TypedDict, total=False):
    """A part of a flow with a start of its own: local to a flow, or shared between flows."""

    name: str
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
    start_node_id: str | None
    tools: Sequence[FlowCustomTool | FlowAppTool] | None
    mcps: Sequence[Mcp] | None
    flex_mode: bool | None
    notes: Sequence[Note] | None
    begin_tag_display_position: Position | None
