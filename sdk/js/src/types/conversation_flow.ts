// Made by `python -m sdk.generate`; not edited by hand.

import type { BackupModel, BranchNode, CascadingModel, ComponentNode, FlowAppTool, FlowCustomTool, KnowledgeConfig, Mcp, ModelChoice, Note, Position, SpeechModel, UntypedModel } from './shared.js';
import type { AgentSwapNode, CodeNode, ConversationNode, EndNode, ExtractNode, FunctionNode, McpNode, PressDigitNode, SmsNode, SubagentNode, TransferCallNode, TransferOutcomeNode } from './shared_2.js';

/** Body of create-conversation-flow; a PATCH is validated as the flow it would give. */
export interface FlowParams {
  nodes: Array<ConversationNode | SubagentNode | EndNode | FunctionNode | CodeNode | TransferCallNode | PressDigitNode | BranchNode | SmsNode | ExtractNode | AgentSwapNode | McpNode | ComponentNode | TransferOutcomeNode>;
  start_speaker: 'user' | 'agent';
  start_node_id?: string | null;
  global_prompt?: string | null;
  tools?: Array<FlowCustomTool | FlowAppTool> | null;
  components?: LocalComponent[] | null;
  mcps?: Mcp[] | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  default_dynamic_variables?: Record<string, string> | null;
  begin_after_user_silence_ms?: number | null;
  model_config?: CascadingModel | SpeechModel | UntypedModel | null;
  model_choice?: ModelChoice | null;
  model_temperature?: number | null;
  backup_model?: BackupModel | null;
  flex_mode?: boolean | null;
  is_transfer_cf?: boolean | null;
  tool_call_strict_mode?: boolean | null;
  notes?: Note[] | null;
  begin_tag_display_position?: Position | null;
}

/** Body of create-conversation-flow; a PATCH is validated as the flow it would give. */
export interface FlowUpdateParams {
  nodes?: Array<ConversationNode | SubagentNode | EndNode | FunctionNode | CodeNode | TransferCallNode | PressDigitNode | BranchNode | SmsNode | ExtractNode | AgentSwapNode | McpNode | ComponentNode | TransferOutcomeNode>;
  start_speaker?: 'user' | 'agent';
  start_node_id?: string | null;
  global_prompt?: string | null;
  tools?: Array<FlowCustomTool | FlowAppTool> | null;
  components?: LocalComponent[] | null;
  mcps?: Mcp[] | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  default_dynamic_variables?: Record<string, string> | null;
  begin_after_user_silence_ms?: number | null;
  model_config?: CascadingModel | SpeechModel | UntypedModel | null;
  model_choice?: ModelChoice | null;
  model_temperature?: number | null;
  backup_model?: BackupModel | null;
  flex_mode?: boolean | null;
  is_transfer_cf?: boolean | null;
  tool_call_strict_mode?: boolean | null;
  notes?: Note[] | null;
  begin_tag_display_position?: Position | null;
}

export interface ConversationFlowResponse {
  nodes: Array<ConversationNode | SubagentNode | EndNode | FunctionNode | CodeNode | TransferCallNode | PressDigitNode | BranchNode | SmsNode | ExtractNode | AgentSwapNode | McpNode | ComponentNode | TransferOutcomeNode>;
  start_speaker: 'user' | 'agent';
  start_node_id?: string | null;
  global_prompt?: string | null;
  tools?: Array<FlowCustomTool | FlowAppTool> | null;
  components?: LocalComponent[] | null;
  mcps?: Mcp[] | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  default_dynamic_variables?: Record<string, string> | null;
  begin_after_user_silence_ms?: number | null;
  model_config?: CascadingModel | SpeechModel | UntypedModel | null;
  model_choice?: ModelChoice | null;
  model_temperature?: number | null;
  backup_model?: BackupModel | null;
  flex_mode?: boolean | null;
  is_transfer_cf?: boolean | null;
  tool_call_strict_mode?: boolean | null;
  notes?: Note[] | null;
  begin_tag_display_position?: Position | null;
  conversation_flow_id: string;
  version: number;
  is_published?: boolean | null;
  last_modification_timestamp?: number | null;
}

/** A component inside a flow; nodes name it by its id. */
export interface LocalComponent {
  name: string;
  nodes: Array<ConversationNode | SubagentNode | EndNode | FunctionNode | CodeNode | TransferCallNode | PressDigitNode | BranchNode | SmsNode | ExtractNode | AgentSwapNode | McpNode | ComponentNode | TransferOutcomeNode>;
  start_node_id?: string | null;
  tools?: Array<FlowCustomTool | FlowAppTool> | null;
  mcps?: Mcp[] | null;
  flex_mode?: boolean | null;
  notes?: Note[] | null;
  begin_tag_display_position?: Position | null;
  conversation_flow_component_id?: string | null;
}
