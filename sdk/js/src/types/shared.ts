// Made by `python -m sdk.generate`; not edited by hand.

export interface SttConfig {
  provider: 'azure' | 'deepgram' | 'soniox' | 'assemblyai' | 'muse';
  endpointing_ms: number;
}

export interface TextVariable {
  type: 'string' | 'boolean' | 'number';
  name: string;
  description: string;
  required?: boolean | null;
  conditional_prompt?: string | null;
  examples?: string[] | null;
}

export interface ChoiceVariable {
  type: 'enum';
  name: string;
  description: string;
  choices: string[];
  required?: boolean | null;
  conditional_prompt?: string | null;
}

export interface CustomTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  depends_on?: string[] | null;
  type: 'custom';
  url: string;
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | null;
  headers?: Record<string, string> | null;
  query_params?: Record<string, string> | null;
  parameters?: Parameters | null;
  args_at_root?: boolean | null;
  parameter_type?: 'json' | 'form' | null;
  timeout_ms?: number | null;
  max_retry?: number | null;
}

export interface CodeTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  depends_on?: string[] | null;
  type: 'code';
  code: string;
  timeout_ms?: number | null;
}

export interface AppTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  depends_on?: string[] | null;
  type: 'integration_app';
  app_id: string;
  provider: string;
  app_tool_template_name: string;
  parameters?: Parameters[] | null;
  output_selection?: OutputSelection | null;
}

export interface CascadingModel {
  type: 'cascading';
  primary?: ModelRef | null;
  backup?: ModelRef | null;
  temperature?: number | null;
}

export interface SpeechModel {
  type: 's2s';
  primary?: ModelRef | null;
  temperature?: number | null;
}

/** A change that leaves the type alone. */
export interface UntypedModel {
  backup?: ModelRef | null;
  temperature?: number | null;
}

/** The older form of a backup. */
export interface BackupModel {
  type: 'cascading';
  model: string;
  high_priority?: boolean | null;
  ultrafast?: boolean | null;
  backup_kick_in_timeout?: number | null;
}

export interface KnowledgeConfig {
  top_k?: number | null;
  filter_score?: number | null;
}

export interface Mcp {
  name: string;
  url: string;
  headers?: Record<string, string> | null;
  query_params?: Record<string, string> | null;
  timeout_ms?: number | null;
}

export interface EndCallTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  type: 'end_call';
  custom_sip_headers?: Record<string, string> | null;
}

export interface TransferOutcomeTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  type: 'bridge_transfer' | 'cancel_transfer';
}

export interface AgentSwapTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  type: 'agent_swap';
  agent_id: string;
  agent_version?: number | string;
  post_call_analysis_setting: 'both_agents' | 'only_destination_agent';
  webhook_setting?: 'both_agents' | 'only_destination_agent' | 'only_source_agent' | null;
  keep_current_voice?: boolean | null;
  keep_current_language?: boolean | null;
  use_swap_agent_max_duration?: boolean | null;
}

export interface PressDigitTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  type: 'press_digit';
  delay_ms?: number | null;
}

export interface ExtractTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  type: 'extract_dynamic_variable';
  variables: Array<TextVariable | ChoiceVariable>;
}

export interface McpTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  type: 'mcp';
  mcp_id?: string | null;
  input_schema?: Record<string, string> | null;
}

/** The older Cal.com tools. */
export interface CalendarTool {
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  type: 'check_availability_cal' | 'book_appointment_cal';
  cal_api_key: string;
  event_type_id: number;
  timezone?: string | null;
}

export interface BranchNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  edges?: Edge[] | null;
  else_edge?: Edge | null;
  finetune_transition_examples?: Array<Record<string, unknown>> | null;
  type: 'branch';
}

export interface ComponentNode {
  id: string;
  name?: string | null;
  display_position?: Position | null;
  global_node_setting?: GlobalSetting | null;
  model_choice?: ModelChoice | null;
  model_config?: NodeModel | null;
  edges?: Edge[] | null;
  else_edge?: Edge | null;
  finetune_transition_examples?: Array<Record<string, unknown>> | null;
  type: 'component';
  component_id: string;
  component_type: 'local' | 'shared';
}

/** A function that nodes name by `tool_id`. */
export interface FlowCustomTool {
  tool_id?: string | null;
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  depends_on?: string[] | null;
  type: 'custom';
  url: string;
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | null;
  headers?: Record<string, string> | null;
  query_params?: Record<string, string> | null;
  parameters?: Parameters | null;
  args_at_root?: boolean | null;
  parameter_type?: 'json' | 'form' | null;
  timeout_ms?: number | null;
  max_retry?: number | null;
}

/** A connected application's function that nodes name by `tool_id`. */
export interface FlowAppTool {
  tool_id?: string | null;
  name: string;
  description?: string | null;
  speak_during_execution?: boolean | null;
  speak_after_execution?: boolean | null;
  execution_message_description?: string | null;
  execution_message_type?: 'prompt' | 'static_text' | null;
  enable_typing_sound?: boolean | null;
  response_variables?: Record<string, string> | null;
  depends_on?: string[] | null;
  type: 'integration_app';
  app_id: string;
  provider: string;
  app_tool_template_name: string;
  parameters?: Parameters[] | null;
  output_selection?: OutputSelection | null;
}

/** The older form of a flow's model. */
export interface ModelChoice {
  type: 'cascading' | 's2s';
  model: string;
  high_priority?: boolean | null;
}

/** A remark on the canvas. */
export interface Note {
  id: string;
  content: string;
  display_position?: Position | null;
  size?: Size | null;
}

export interface Position {
  x: number;
  y: number;
}

export interface LlmOverride {
  model_config?: CascadingModel | SpeechModel | UntypedModel | null;
  model_temperature?: number | null;
  backup_model?: BackupModel | null;
  tool_call_strict_mode?: boolean | null;
  knowledge_base_ids?: string[] | null;
  kb_config?: KnowledgeConfig | null;
  start_speaker?: 'user' | 'agent' | null;
  begin_after_user_silence_ms?: number | null;
  model?: string | null;
  s2s_model?: string | null;
  model_high_priority?: boolean | null;
  model_ultrafast?: boolean | null;
  begin_message?: string | null;
}

/** One filter: which operators and values fit depends on `type`. */
export interface Condition {
  type: 'string' | 'number' | 'range' | 'boolean' | 'enum' | 'present';
  op: 'eq' | 'ne' | 'sw' | 'ew' | 'co' | 'gt' | 'ge' | 'lt' | 'le' | 'bt' | 'in' | 'pr' | 'np';
  value?: unknown;
}

/** Minutes since local midnight, the end excluded. */
export interface TimeWindow {
  start: number;
  end: number;
}

/** A JSON schema of an object. */
export interface Parameters {
  type: 'object';
  properties: Record<string, unknown>;
  required?: string[] | null;
}

export interface OutputSelection {
  mode: 'all' | 'subset';
  fields?: string[] | null;
}

export interface SmsText {
  type: 'predefined';
  text: string;
}

export interface SmsPrompt {
  type: 'inferred';
  prompt: string;
}

export interface SmsTemplate {
  type: 'template';
  template: 'info_collection';
}

export interface SmsToCustomer {
  type: 'customer_number';
}

export interface SmsToNumber {
  type: 'phone_number';
  phone_number: string;
  ignore_e164_validation?: boolean | null;
}

export interface SmsSender {
  type: 'current_number' | 'retell_long_code';
}

/** `model` is a name of Retell's list or `provider/model` of this installation. */
export interface ModelRef {
  model: string;
  tier?: 'standard' | 'fast' | 'ultrafast' | null;
  kick_in_timeout_ms?: number | null;
}

export interface PredefinedDestination {
  type: 'predefined';
  number: string;
  extension?: string | null;
}

export interface InferredDestination {
  type: 'inferred';
  prompt: string;
}

export interface ColdTransfer {
  type: 'cold_transfer';
  cold_transfer_mode?: 'sip_refer' | 'sip_invite' | null;
  show_transferee_as_caller?: boolean | null;
  transfer_ring_duration_ms?: number | null;
}

export interface WarmTransfer {
  type: 'warm_transfer';
  agent_detection_timeout_ms?: number | null;
  on_hold_music?: 'none' | 'relaxing_sound' | 'uplifting_beats' | 'ringtone' | 'custom' | null;
  custom_on_hold_music_asset_id?: string | null;
  opt_out_human_detection?: boolean | null;
  ivr_option?: HandoffPrompt | null;
  private_handoff_option?: HandoffPrompt | HandoffMessage | null;
  public_handoff_option?: HandoffPrompt | HandoffMessage | null;
  enable_bridge_audio_cue?: boolean | null;
  show_transferee_as_caller?: boolean | null;
  transfer_ring_duration_ms?: number | null;
}

export interface AgenticWarmTransfer {
  type: 'agentic_warm_transfer';
  agentic_transfer_config: AgenticTransfer;
  on_hold_music?: 'none' | 'relaxing_sound' | 'uplifting_beats' | 'ringtone' | 'custom' | null;
  custom_on_hold_music_asset_id?: string | null;
  public_handoff_option?: HandoffPrompt | HandoffMessage | null;
  enable_bridge_audio_cue?: boolean | null;
  show_transferee_as_caller?: boolean | null;
  transfer_ring_duration_ms?: number | null;
}

export interface GlobalSetting {
  condition: unknown;
  cool_down?: number | null;
  go_back_conditions?: Edge[] | null;
  positive_finetune_examples?: Array<Record<string, unknown>> | null;
  negative_finetune_examples?: Array<Record<string, unknown>> | null;
}

/** `model_config` of a node: its model only. */
export interface NodeModel {
  primary?: ModelRef | null;
}

/** `transition_condition` is a prompt or an equation. */
export interface Edge {
  id: string;
  transition_condition: Record<string, unknown>;
  destination_node_id?: string | null;
}

export interface Instruction {
  type: 'prompt' | 'static_text';
  text: string;
}

export interface PromptInstruction {
  type: 'prompt';
  text: string;
}

export interface Size {
  width: number;
  height: number;
}

export interface HandoffPrompt {
  type: 'prompt';
  prompt: string;
}

export interface HandoffMessage {
  type: 'static_message';
  message: string;
}

export interface AgenticTransfer {
  transfer_agent?: TransferAgent | null;
  transfer_timeout_ms?: number | null;
  action_on_timeout?: 'bridge_transfer' | 'cancel_transfer' | null;
}

export interface TransferAgent {
  agent_id: string;
  agent_version: number | string;
}
