// Made by `python -m sdk.generate`; not edited by hand.

import type { BranchNode, ComponentNode, FlowAppTool, FlowCustomTool, Mcp, Note, Position } from './shared.js';
import type { AgentSwapNode, CodeNode, ConversationNode, EndNode, ExtractNode, FunctionNode, McpNode, PressDigitNode, SmsNode, SubagentNode, TransferCallNode, TransferOutcomeNode } from './shared_2.js';

/** A part of a flow with a start of its own: local to a flow, or shared between flows. */
export interface ComponentParams {
  name: string;
  nodes: Array<ConversationNode | SubagentNode | EndNode | FunctionNode | CodeNode | TransferCallNode | PressDigitNode | BranchNode | SmsNode | ExtractNode | AgentSwapNode | McpNode | ComponentNode | TransferOutcomeNode>;
  start_node_id?: string | null;
  tools?: Array<FlowCustomTool | FlowAppTool> | null;
  mcps?: Mcp[] | null;
  flex_mode?: boolean | null;
  notes?: Note[] | null;
  begin_tag_display_position?: Position | null;
}

/** A part of a flow with a start of its own: local to a flow, or shared between flows. */
export interface ComponentUpdateParams {
  name?: string;
  nodes?: Array<ConversationNode | SubagentNode | EndNode | FunctionNode | CodeNode | TransferCallNode | PressDigitNode | BranchNode | SmsNode | ExtractNode | AgentSwapNode | McpNode | ComponentNode | TransferOutcomeNode>;
  start_node_id?: string | null;
  tools?: Array<FlowCustomTool | FlowAppTool> | null;
  mcps?: Mcp[] | null;
  flex_mode?: boolean | null;
  notes?: Note[] | null;
  begin_tag_display_position?: Position | null;
}

export interface ConversationFlowComponentResponse {
  conversation_flow_component_id: string;
  name: string;
  nodes: Array<Record<string, unknown>>;
  user_modified_timestamp: number;
  linked_conversation_flow_ids?: string[] | null;
}
