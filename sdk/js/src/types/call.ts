// Made by `python -m sdk.generate`; not edited by hand.

import type { Condition } from './shared.js';
import type { AgentOverride } from './shared_2.js';

/** Body of create-phone-call. */
export interface PhoneCallParams {
  agent_override?: AgentOverride | null;
  metadata?: Record<string, any> | null;
  retell_llm_dynamic_variables?: Record<string, string> | null;
  to_number: string;
  override_agent_id?: string | null;
  override_agent_version?: number | string;
  custom_sip_headers?: Record<string, string> | null;
  ignore_e164_validation?: boolean | null;
  honor_internal_dnc?: boolean | null;
  from_number: string;
  idempotency_key?: string | null;
}

/** Body of create-web-call. A node or state is where the conversation starts. */
export interface WebCallParams {
  agent_override?: AgentOverride | null;
  metadata?: Record<string, any> | null;
  retell_llm_dynamic_variables?: Record<string, string> | null;
  agent_id: string;
  agent_version?: number | string;
  current_node_id?: string | null;
  current_state?: string | null;
}

/** Body of register-phone-call. Numbers and direction are only kept. */
export interface RegisteredCallParams {
  agent_override?: AgentOverride | null;
  metadata?: Record<string, any> | null;
  retell_llm_dynamic_variables?: Record<string, string> | null;
  agent_id: string;
  agent_version?: number | string;
  direction?: 'inbound' | 'outbound' | null;
  from_number?: string | null;
  to_number?: string | null;
}

/** Body of the paged list of calls. */
export interface ListCallsParams {
  filter_criteria?: CallFilters | null;
  limit?: number | null;
  pagination_key?: string | null;
  skip?: number | null;
  sort_order?: 'ascending' | 'descending' | null;
  include_total?: boolean | null;
}

/** Body of update-call. `opt_out_sensitive_data_storage` is the older way to say */
export interface CallUpdateParams {
  metadata?: Record<string, any> | null;
  data_storage_setting?: 'everything' | 'everything_except_pii' | 'basic_attributes_only' | null;
  custom_attributes?: Record<string, string | number | boolean> | null;
  opt_out_sensitive_data_storage?: boolean | null;
}

export interface CallResponse {
  call_id: string;
  call_type: 'phone_call' | 'web_call';
  agent_id: string;
  agent_version: number;
  call_status: 'registered' | 'ongoing' | 'ended' | 'not_connected' | 'error';
  agent_name?: string | null;
  agent_tag?: string | null;
  direction?: 'inbound' | 'outbound' | null;
  from_number?: string | null;
  to_number?: string | null;
  metadata?: Record<string, any> | null;
  retell_llm_dynamic_variables?: Record<string, string> | null;
  collected_dynamic_variables?: Record<string, string> | null;
  custom_sip_headers?: Record<string, string> | null;
  custom_attributes?: Record<string, string | number | boolean> | null;
  data_storage_setting?: 'everything' | 'everything_except_pii' | 'basic_attributes_only' | null;
  opt_in_signed_url?: boolean | null;
  start_timestamp?: number | null;
  end_timestamp?: number | null;
  transfer_end_timestamp?: number | null;
  duration_ms?: number | null;
  recording_url?: string | null;
  recording_multi_channel_url?: string | null;
  recording_missing_ms?: number | null;
  scrubbed_recording_url?: string | null;
  scrubbed_recording_multi_channel_url?: string | null;
  public_log_url?: string | null;
  knowledge_base_retrieved_contents_url?: string | null;
  latency?: Latency | null;
  llm_token_usage?: TokenUsage | null;
  audio_quality?: AudioQuality | null;
  transfer_destination?: string | null;
  telephony_identifier?: TelephonyIdentifier | null;
  disconnection_reason?: string | null;
  disconnection_detail?: string | null;
  inbound_webhook_error?: string | null;
  sip_status_code?: number | null;
  batch_call_id?: string | null;
  call_cost?: Cost | null;
  call_analysis?: Analysis | null;
  access_token?: string | null;
  transcript?: string | null;
  transcript_object?: Utterance[] | null;
  transcript_with_tool_calls?: Utterance[] | null;
  scrubbed_transcript_with_tool_calls?: Utterance[] | null;
  pre_session_transcript_with_tool_calls?: Utterance[] | null;
  post_session_transcript_with_tool_calls?: Utterance[] | null;
}

/** What a browser needs to join. */
export interface CreateWebCallResponse {
  call_id: string;
  access_token: string;
  transport: string;
  ice_servers: IceServer[];
  expires_at: number;
}

/** A call as the paged list has it: without transcripts. */
export interface CallItem {
  call_id: string;
  call_type: 'phone_call' | 'web_call';
  agent_id: string;
  agent_version: number;
  call_status: 'registered' | 'ongoing' | 'ended' | 'not_connected' | 'error';
  agent_name?: string | null;
  agent_tag?: string | null;
  direction?: 'inbound' | 'outbound' | null;
  from_number?: string | null;
  to_number?: string | null;
  metadata?: Record<string, any> | null;
  retell_llm_dynamic_variables?: Record<string, string> | null;
  collected_dynamic_variables?: Record<string, string> | null;
  custom_sip_headers?: Record<string, string> | null;
  custom_attributes?: Record<string, string | number | boolean> | null;
  data_storage_setting?: 'everything' | 'everything_except_pii' | 'basic_attributes_only' | null;
  opt_in_signed_url?: boolean | null;
  start_timestamp?: number | null;
  end_timestamp?: number | null;
  transfer_end_timestamp?: number | null;
  duration_ms?: number | null;
  recording_url?: string | null;
  recording_multi_channel_url?: string | null;
  recording_missing_ms?: number | null;
  scrubbed_recording_url?: string | null;
  scrubbed_recording_multi_channel_url?: string | null;
  public_log_url?: string | null;
  knowledge_base_retrieved_contents_url?: string | null;
  latency?: Latency | null;
  llm_token_usage?: TokenUsage | null;
  audio_quality?: AudioQuality | null;
  transfer_destination?: string | null;
  telephony_identifier?: TelephonyIdentifier | null;
  disconnection_reason?: string | null;
  disconnection_detail?: string | null;
  inbound_webhook_error?: string | null;
  sip_status_code?: number | null;
  batch_call_id?: string | null;
  call_cost?: Cost | null;
  call_analysis?: Analysis | null;
}

/** All given filters must fit; the agents are alternatives. */
export interface CallFilters {
  agent?: AgentChoice[] | null;
  agent_tag?: Condition | null;
  batch_call_id?: Condition | null;
  call_id?: Condition | null;
  call_status?: Condition | null;
  call_successful?: Condition | null;
  call_type?: Condition | null;
  combined_cost?: Condition | null;
  data_storage_setting?: Condition | null;
  direction?: Condition | null;
  disconnection_reason?: Condition | null;
  duration_ms?: Condition | null;
  e2e_latency_p50?: Condition | null;
  end_timestamp?: Condition | null;
  from_number?: Condition | null;
  in_voicemail?: Condition | null;
  start_timestamp?: Condition | null;
  to_number?: Condition | null;
  user_sentiment?: Condition | null;
  custom_analysis_data?: KeyedCondition[] | null;
  custom_attributes?: KeyedCondition[] | null;
  dynamic_variables?: KeyedCondition[] | null;
  metadata?: KeyedCondition[] | null;
  tool_calls?: Array<Record<string, unknown>> | null;
}

/** Those that apply; `e2e` is from the caller's last word to the agent's first. */
export interface Latency {
  e2e?: Figures | null;
  asr?: Figures | null;
  llm?: Figures | null;
  llm_websocket_network_rtt?: Figures | null;
  tts?: Figures | null;
  knowledge_base?: Figures | null;
  s2s?: Figures | null;
}

export interface TokenUsage {
  average: number;
  num_requests: number;
  values: number[];
}

/** How the caller's line fared; `remote_` is what the far side reports of the agent's audio. */
export interface AudioQuality {
  packets_received: number;
  packets_lost: number;
  loss_percent: number;
  jitter_ms: number;
  remote_loss_percent?: number | null;
  remote_jitter_ms?: number | null;
  round_trip_ms?: number | null;
  mos: number;
}

export interface TelephonyIdentifier {
  twilio_call_sid?: string | null;
}

/** Cents. */
export interface Cost {
  combined_cost: number;
  total_duration_seconds: number;
  total_duration_unit_price: number;
  product_costs: ProductCost[];
}

export interface Analysis {
  call_summary?: string | null;
  in_voicemail?: boolean | null;
  user_sentiment?: 'Negative' | 'Positive' | 'Neutral' | 'Unknown' | null;
  call_successful?: boolean | null;
  custom_analysis_data?: Record<string, any> | null;
}

/** One entry of a transcript; `role` says which of the fields it has. */
export interface Utterance {
  role: 'agent' | 'user' | 'transfer_target' | 'tool_call_invocation' | 'tool_call_result' | 'node_transition' | 'dtmf' | 'sms' | 'injected';
  content?: string | null;
  words?: Word[] | null;
  metadata?: Record<string, any> | null;
  tool_call_id?: string | null;
  name?: string | null;
  arguments?: string | null;
  type?: string | null;
  successful?: boolean | null;
  former_node_id?: string | null;
  former_node_name?: string | null;
  new_node_id?: string | null;
  new_node_name?: string | null;
  transition_type?: string | null;
  digit?: string | null;
  time_sec?: number | null;
}

export interface IceServer {
  urls: string[] | string;
  username?: string | null;
  credential?: string | null;
}

export interface AgentChoice {
  agent_id: string;
  version?: number[] | null;
}

export interface KeyedCondition {
  type: 'string' | 'number' | 'range' | 'boolean' | 'enum' | 'present';
  op: 'eq' | 'ne' | 'sw' | 'ew' | 'co' | 'gt' | 'ge' | 'lt' | 'le' | 'bt' | 'in' | 'pr' | 'np';
  value?: unknown;
  key: string;
}

/** One latency in milliseconds over a call. */
export interface Figures {
  p50?: number | null;
  p90?: number | null;
  p95?: number | null;
  p99?: number | null;
  max?: number | null;
  min?: number | null;
  num?: number | null;
  values?: number[] | null;
}

/** `cost` in cents, `unit_price` in cents a second. */
export interface ProductCost {
  product: string;
  cost: number;
  unit_price?: number | null;
  is_transfer_leg_cost?: boolean | null;
}

/** Seconds from the start of the call, approximate. */
export interface Word {
  word?: string | null;
  start?: number | null;
  end?: number | null;
}
