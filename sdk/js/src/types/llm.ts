// Made by `python -m sdk.generate`; not edited by hand.

import type { AgentSwapTool, AppTool, BackupModel, CalendarTool, CascadingModel, CodeTool, CustomTool, EndCallTool, ExtractTool, KnowledgeConfig, Mcp, McpTool, PressDigitTool, SpeechModel, TransferOutcomeTool, UntypedModel } from './shared.js';
import type { SendSmsTool, TransferCallTool } from './shared_2.js';

/** Body of create-retell-llm; a PATCH is validated as the LLM it would give. */
export interface LlmParams {
  general_prompt?: string | null;
  begin_message?: string | null;
  start_speaker?: 'user' | 'agent' | null;
  begin_after_user_silence_ms?: number | null;
  default_dynamic_variables?: Record<string, string> | null;
  model?: string | null;
  s2s_model?: string | null;
  model_temperature?: number | null;
  model_high_priority?: boolean | null;
  model_ultrafast?: boolean | null;
  model_config?: CascadingModel | SpeechModel | UntypedModel | null;
  backup_model?: BackupModel | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  mcps?: Mcp[] | null;
  states?: State[] | null;
  starting_state?: string | null;
  general_tools?: Array<EndCallTool | TransferCallTool | TransferOutcomeTool | AgentSwapTool | PressDigitTool | SendSmsTool | CustomTool | CodeTool | ExtractTool | McpTool | AppTool | CalendarTool> | null;
  tool_call_strict_mode?: boolean | null;
  is_transfer_llm?: boolean | null;
}

/** Body of create-retell-llm; a PATCH is validated as the LLM it would give. */
export interface LlmUpdateParams {
  general_prompt?: string | null;
  begin_message?: string | null;
  start_speaker?: 'user' | 'agent' | null;
  begin_after_user_silence_ms?: number | null;
  default_dynamic_variables?: Record<string, string> | null;
  model?: string | null;
  s2s_model?: string | null;
  model_temperature?: number | null;
  model_high_priority?: boolean | null;
  model_ultrafast?: boolean | null;
  model_config?: CascadingModel | SpeechModel | UntypedModel | null;
  backup_model?: BackupModel | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  mcps?: Mcp[] | null;
  states?: State[] | null;
  starting_state?: string | null;
  general_tools?: Array<EndCallTool | TransferCallTool | TransferOutcomeTool | AgentSwapTool | PressDigitTool | SendSmsTool | CustomTool | CodeTool | ExtractTool | McpTool | AppTool | CalendarTool> | null;
  tool_call_strict_mode?: boolean | null;
  is_transfer_llm?: boolean | null;
}

export interface LlmResponse {
  general_prompt?: string | null;
  begin_message?: string | null;
  start_speaker?: 'user' | 'agent' | null;
  begin_after_user_silence_ms?: number | null;
  default_dynamic_variables?: Record<string, string> | null;
  model?: string | null;
  s2s_model?: string | null;
  model_temperature?: number | null;
  model_high_priority?: boolean | null;
  model_ultrafast?: boolean | null;
  model_config?: CascadingModel | SpeechModel | UntypedModel | null;
  backup_model?: BackupModel | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  mcps?: Mcp[] | null;
  states?: State[] | null;
  starting_state?: string | null;
  general_tools?: Array<EndCallTool | TransferCallTool | TransferOutcomeTool | AgentSwapTool | PressDigitTool | SendSmsTool | CustomTool | CodeTool | ExtractTool | McpTool | AppTool | CalendarTool> | null;
  tool_call_strict_mode?: boolean | null;
  is_transfer_llm?: boolean | null;
  llm_id: string;
  version: number;
  is_published: boolean;
  last_modification_timestamp: number;
}

export interface State {
  name: string;
  state_prompt?: string | null;
  tools?: Array<EndCallTool | TransferCallTool | TransferOutcomeTool | AgentSwapTool | PressDigitTool | SendSmsTool | CustomTool | CodeTool | ExtractTool | McpTool | AppTool | CalendarTool> | null;
  edges?: StateEdge[] | null;
}

export interface StateEdge {
  destination_state_name: string;
  description: string;
  parameters?: EdgeParameters | null;
}

export interface EdgeParameters {
  type: 'object';
  properties: Record<string, unknown>;
  required?: string[] | null;
}
