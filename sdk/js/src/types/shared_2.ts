// Made by `python -m sdk.generate`; not edited by hand.

import type { AgentSwapTool, AgenticWarmTransfer, AppTool, BackupModel, CalendarTool, CascadingModel, ChoiceVariable, CodeTool, ColdTransfer, CustomTool, Edge, EndCallTool, ExtractTool, GlobalSetting, InferredDestination, Instruction, KnowledgeConfig, LlmOverride, McpTool, ModelChoice, NodeModel, Position, PredefinedDestination, PressDigitTool, PromptInstruction, SmsPrompt, SmsSender, SmsTemplate, SmsText, SmsToCustomer, SmsToNumber, SpeechModel, SttConfig, TextVariable, TransferOutcomeTool, UntypedModel, WarmTransfer } from './shared.js';

/** The shape; `agent` is checked as the agent that it would give. */
export interface AgentOverride {
  agent?: Record<string, unknown> | null;
  retell_llm?: LlmOverride | null;
  conversation_flow?: FlowOverride | null;
}

export interface TransferCallTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  type: 'transfer_call';
  transfer_destination: PredefinedDestination | InferredDestination;
  transfer_option: ColdTransfer | WarmTransfer | AgenticWarmTransfer;
  custom_sip_headers?: Record<string, string> | null;
  ignore_e164_validation?: boolean | null;
}

export interface SendSmsTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  depends_on?: string[] | null;
  type: 'send_sms';
  sms_content: SmsText | SmsPrompt | SmsTemplate;
  sms_destination?: SmsToCustomer | SmsToNumber | null;
  sms_sender?: SmsSender | null;
}

export interface ConversationNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  edges?: Edge[] | null;
  else_edge?: Edge | null;
  finetune_transition_examples?: Array<Record<string, unknown>> | null;
  always_edge?: Edge | null;
  skip_response_edge?: Edge | null;
  skippable?: boolean | null;
  allow_dtmf_interruption?: boolean | null;
  interruption_sensitivity?: number | null;
  responsiveness?: number | null;
  voice_speed?: number | null;
  stt_mode?: 'fast' | 'accurate' | 'custom' | null;
  custom_stt_config?: SttConfig | null;
  boosted_keywords?: string[] | null;
  reminder_trigger_ms?: number | null;
  reminder_max_count?: number | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  finetune_conversation_examples?: Array<Record<string, unknown>> | null;
  type: 'conversation';
  instruction: Instruction;
}

export interface SubagentNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  edges?: Edge[] | null;
  else_edge?: Edge | null;
  finetune_transition_examples?: Array<Record<string, unknown>> | null;
  always_edge?: Edge | null;
  skip_response_edge?: Edge | null;
  skippable?: boolean | null;
  allow_dtmf_interruption?: boolean | null;
  interruption_sensitivity?: number | null;
  responsiveness?: number | null;
  voice_speed?: number | null;
  stt_mode?: 'fast' | 'accurate' | 'custom' | null;
  custom_stt_config?: SttConfig | null;
  boosted_keywords?: string[] | null;
  reminder_trigger_ms?: number | null;
  reminder_max_count?: number | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  finetune_conversation_examples?: Array<Record<string, unknown>> | null;
  type: 'subagent';
  instruction: Instruction;
  tools?: Array<EndCallTool | TransferCallTool | TransferOutcomeTool | AgentSwapTool | PressDigitTool | SendSmsTool | CustomTool | CodeTool | ExtractTool | McpTool | AppTool | CalendarTool> | null;
  tool_ids?: string[] | null;
}

export interface EndNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  type: 'end';
  instruction?: Instruction | null;
  speak_during_execution?: boolean | null;
  custom_sip_headers?: Record<string, string> | null;
}

export interface FunctionNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  edges?: Edge[] | null;
  else_edge?: Edge | null;
  finetune_transition_examples?: Array<Record<string, unknown>> | null;
  instruction?: Instruction | null;
  speak_during_execution?: boolean | null;
  enable_typing_sound?: boolean | null;
  type: 'function';
  tool_id: string;
  tool_type: 'local' | 'shared';
  wait_for_result: boolean;
}

export interface CodeNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  edges?: Edge[] | null;
  else_edge?: Edge | null;
  finetune_transition_examples?: Array<Record<string, unknown>> | null;
  instruction?: Instruction | null;
  speak_during_execution?: boolean | null;
  enable_typing_sound?: boolean | null;
  type: 'code';
  code: string;
  wait_for_result: boolean;
  timeout_ms?: number | null;
  response_variables?: Record<string, string> | null;
}

/** `edge` is followed when the transfer fails. */
export interface TransferCallNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  type: 'transfer_call';
  transfer_destination: PredefinedDestination | InferredDestination;
  transfer_option: ColdTransfer | WarmTransfer | AgenticWarmTransfer;
  edge: Edge;
  instruction?: Instruction | null;
  speak_during_execution?: boolean | null;
  custom_sip_headers?: Record<string, string> | null;
  ignore_e164_validation?: boolean | null;
}

export interface PressDigitNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  edges?: Edge[] | null;
  else_edge?: Edge | null;
  finetune_transition_examples?: Array<Record<string, unknown>> | null;
  type: 'press_digit';
  instruction: PromptInstruction;
  delay_ms?: number | null;
}

export interface SmsNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  type: 'sms';
  instruction: Record<string, unknown>;
  success_edge: Edge;
  failed_edge: Edge;
  sms_destination?: SmsToCustomer | SmsToNumber | null;
  sms_sender?: SmsSender | null;
}

export interface ExtractNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  edges?: Edge[] | null;
  else_edge?: Edge | null;
  finetune_transition_examples?: Array<Record<string, unknown>> | null;
  instruction?: Instruction | null;
  speak_during_execution?: boolean | null;
  enable_typing_sound?: boolean | null;
  type: 'extract_dynamic_variables';
  variables: Array<TextVariable | ChoiceVariable>;
}

/** `edge` is followed when the swap fails. */
export interface AgentSwapNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  type: 'agent_swap';
  agent_id: string;
  agent_version?: number | string;
  edge: Edge;
  post_call_analysis_setting: 'both_agents' | 'only_destination_agent';
  webhook_setting?: 'both_agents' | 'only_destination_agent' | 'only_source_agent' | null;
  instruction?: Instruction | null;
  speak_during_execution?: boolean | null;
  keep_current_voice?: boolean | null;
  keep_current_language?: boolean | null;
  use_swap_agent_max_duration?: boolean | null;
}

export interface McpNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  edges?: Edge[] | null;
  else_edge?: Edge | null;
  finetune_transition_examples?: Array<Record<string, unknown>> | null;
  instruction?: Instruction | null;
  speak_during_execution?: boolean | null;
  enable_typing_sound?: boolean | null;
  type: 'mcp';
  mcp_id: string;
  mcp_tool_name: string;
  wait_for_result: boolean;
  response_variables?: Record<string, string> | null;
}

/** Only in flows of transfer agents. */
export interface TransferOutcomeNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  type: 'bridge_transfer' | 'cancel_transfer';
  instruction?: Instruction | null;
  speak_during_execution?: boolean | null;
}

export interface FlowOverride {
  model_config?: CascadingModel | SpeechModel | UntypedModel | null;
  model_temperature?: number | null;
  backup_model?: BackupModel | null;
  tool_call_strict_mode?: boolean | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  start_speaker?: 'user' | 'agent' | null;
  begin_after_user_silence_ms?: number | null;
  model_choice?: ModelChoice | null;
}
