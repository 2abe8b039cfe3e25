// Made by `python -m sdk.generate`; not edited by hand.

import type { AppTool, ChoiceVariable, CodeTool, Condition, CustomTool, OutputSelection, Parameters, SmsPrompt, SmsSender, SmsTemplate, SmsText, SmsToCustomer, SmsToNumber, SttConfig, TextVariable } from './shared.js';

/** Body of create-agent; a PATCH is validated as the agent it would give. */
export interface AgentParams {
  response_engine: RetellLlmEngine | FlowEngine | CustomLlmEngine;
  voice_id: string;
  is_transfer_agent?: boolean | null;
  agent_name?: string | null;
  version_title?: string | null;
  version_description?: string | null;
  language?: 'af-ZA' | 'ar-SA' | 'az-AZ' | 'bg-BG' | 'bs-BA' | 'ca-ES' | 'cs-CZ' | 'cy-GB' | 'da-DK' | 'de-DE' | 'el-GR' | 'en-AU' | 'en-GB' | 'en-IN' | 'en-NZ' | 'en-US' | 'es-419' | 'es-ES' | 'fa-IR' | 'fi-FI' | 'fil-PH' | 'fr-CA' | 'fr-FR' | 'gl-ES' | 'he-IL' | 'hi-IN' | 'hr-HR' | 'hu-HU' | 'hy-AM' | 'id-ID' | 'is-IS' | 'it-IT' | 'ja-JP' | 'kk-KZ' | 'kn-IN' | 'ko-KR' | 'lt-LT' | 'lv-LV' | 'mk-MK' | 'mr-IN' | 'ms-MY' | 'ne-NP' | 'nl-BE' | 'nl-NL' | 'no-NO' | 'pl-PL' | 'pt-BR' | 'pt-PT' | 'ro-RO' | 'ru-RU' | 'sk-SK' | 'sl-SI' | 'sr-RS' | 'sv-SE' | 'sw-KE' | 'ta-IN' | 'th-TH' | 'tr-TR' | 'uk-UA' | 'ur-IN' | 'vi-VN' | 'yue-CN' | 'zh-CN' | 'multi' | Array<'af-ZA' | 'ar-SA' | 'az-AZ' | 'bg-BG' | 'bs-BA' | 'ca-ES' | 'cs-CZ' | 'cy-GB' | 'da-DK' | 'de-DE' | 'el-GR' | 'en-AU' | 'en-GB' | 'en-IN' | 'en-NZ' | 'en-US' | 'es-419' | 'es-ES' | 'fa-IR' | 'fi-FI' | 'fil-PH' | 'fr-CA' | 'fr-FR' | 'gl-ES' | 'he-IL' | 'hi-IN' | 'hr-HR' | 'hu-HU' | 'hy-AM' | 'id-ID' | 'is-IS' | 'it-IT' | 'ja-JP' | 'kk-KZ' | 'kn-IN' | 'ko-KR' | 'lt-LT' | 'lv-LV' | 'mk-MK' | 'mr-IN' | 'ms-MY' | 'ne-NP' | 'nl-BE' | 'nl-NL' | 'no-NO' | 'pl-PL' | 'pt-BR' | 'pt-PT' | 'ro-RO' | 'ru-RU' | 'sk-SK' | 'sl-SI' | 'sr-RS' | 'sv-SE' | 'sw-KE' | 'ta-IN' | 'th-TH' | 'tr-TR' | 'uk-UA' | 'ur-IN' | 'vi-VN' | 'yue-CN' | 'zh-CN' | 'multi'> | null;
  timezone?: string | null;
  voice_model?: string | null;
  voice_speed?: number | null;
  voice_temperature?: number | null;
  volume?: number | null;
  enable_dynamic_voice_speed?: boolean | null;
  fallback_voice_ids?: string[] | null;
  enable_expressive_mode?: boolean | null;
  expressive_emotion_tags?: Array<'empathetic' | 'excited' | 'happy' | 'curious' | 'surprised' | 'sigh' | 'clear throat' | 'pause' | 'long pause' | 'emphasis'> | null;
  expressive_mode_prompt?: string | null;
  pronunciation_dictionary?: Pronunciation[] | null;
  ambient_sound?: 'coffee-shop' | 'convention-hall' | 'summer-outdoor' | 'mountain-outdoor' | 'static-noise' | 'call-center' | null;
  ambient_sound_volume?: number | null;
  responsiveness?: number | null;
  enable_dynamic_responsiveness?: boolean | null;
  interruption_sensitivity?: number | null;
  enable_backchannel?: boolean | null;
  backchannel_frequency?: number | null;
  backchannel_words?: string[] | null;
  begin_message_delay_ms?: number | null;
  reminder_trigger_ms?: number | null;
  reminder_max_count?: number | null;
  end_call_after_silence_ms?: number | null;
  max_call_duration_ms?: number | null;
  ring_duration_ms?: number | null;
  voicemail_option?: VoicemailOption | null;
  ivr_option?: IvrOption | null;
  call_screening_option?: CallScreeningOption | null;
  allow_user_dtmf?: boolean | null;
  allow_dtmf_interruption?: boolean | null;
  user_dtmf_options?: UserDtmfOptions | null;
  stt_mode?: 'fast' | 'accurate' | 'custom' | null;
  custom_stt_config?: SttConfig | null;
  vocab_specialization?: 'general' | 'medical' | null;
  boosted_keywords?: string[] | null;
  denoising_mode?: 'no-denoise' | 'noise-cancellation' | 'noise-and-background-speech-cancellation' | null;
  denoising_enhancement_level?: number | null;
  webhook_url?: string | null;
  webhook_events?: Array<'call_started' | 'call_ended' | 'call_analyzed' | 'transcript_updated' | 'transfer_started' | 'transfer_bridged' | 'transfer_cancelled' | 'transfer_ended' | 'call_failed'> | null;
  webhook_timeout_ms?: number | null;
  post_call_analysis_data?: Array<TextVariable | ChoiceVariable | PresetAnalysis> | null;
  post_call_analysis_model?: string | null;
  data_storage_setting?: 'everything' | 'everything_except_pii' | 'basic_attributes_only' | null;
  data_storage_retention_days?: number | null;
  opt_in_signed_url?: boolean | null;
  signed_url_expiration_ms?: number | null;
  pii_config?: PiiConfig | null;
  guardrail_config?: GuardrailConfig | null;
  handbook_config?: HandbookConfig | null;
  enable_dnc_detection?: boolean | null;
  contact_memory_config?: ContactMemoryConfig | null;
  pre_session_tools?: Array<CustomTool | CodeTool | AppTool> | null;
  post_session_tools?: Array<LaterCustomTool | LaterCodeTool | LaterAppTool | LaterSmsTool> | null;
}

export interface ListAgentsParams {
  filter_criteria?: AgentFilters | null;
}

/** Body of create-agent-version. */
export interface NewVersionParams {
  base_version: number;
}

/** Body of publish-agent-version. */
export interface PublicationParams {
  version: number;
  version_title?: string | null;
  version_description?: string | null;
}

/** One agent of the paged list: not the whole agent. */
export interface AgentListItem {
  agent_id: string;
  agent_name: string;
  channel: 'voice';
  is_suspended: boolean;
  tags: Record<string, Tag>;
  user_modified_timestamp: number;
  is_transfer_agent?: boolean | null;
}

export interface AgentVersionItem {
  version: number;
  is_published: boolean;
  last_modification_timestamp: number;
  base_version?: number | null;
  version_title?: string | null;
  version_description?: string | null;
}

export interface RetellLlmEngine {
  type: 'retell-llm';
  llm_id: string;
  version?: number | null;
}

export interface FlowEngine {
  type: 'conversation-flow';
  conversation_flow_id: string;
  version?: number | null;
}

export interface CustomLlmEngine {
  type: 'custom-llm';
  llm_websocket_url: string;
}

export interface Pronunciation {
  word: string;
  alphabet: 'ipa' | 'cmu' | 'pinyin' | 'jyutping';
  phoneme: string;
}

export interface VoicemailOption {
  action: SpokenAction | SilentAction;
  detection_prompt?: string | null;
}

export interface IvrOption {
  action: HangUp;
  detection_prompt?: string | null;
}

export interface CallScreeningOption {
  agent_identity: string;
  call_purpose: string;
}

export interface UserDtmfOptions {
  digit_limit?: number | null;
  termination_key?: string | null;
  timeout_ms?: number | null;
}

export interface PresetAnalysis {
  type: 'system-presets';
  name: 'call_summary' | 'call_successful' | 'user_sentiment';
  description?: string | null;
  required?: boolean | null;
  conditional_prompt?: string | null;
}

export interface PiiConfig {
  mode: 'post_call';
  categories: Array<'person_name' | 'address' | 'email' | 'phone_number' | 'ssn' | 'passport' | 'driver_license' | 'credit_card' | 'bank_account' | 'password' | 'pin' | 'medical_id' | 'date_of_birth' | 'customer_account_number'>;
}

export interface GuardrailConfig {
  output_topics?: Array<'harassment' | 'self_harm' | 'sexual_exploitation' | 'violence' | 'defense_and_national_security' | 'illicit_and_harmful_activity' | 'gambling' | 'regulated_professional_advice' | 'child_safety_and_exploitation'> | null;
  input_topics?: 'platform_integrity_jailbreaking'[] | null;
}

/** Prompt presets, each on or off. */
export interface HandbookConfig {
  default_personality?: boolean | null;
  conversational_personality?: boolean | null;
  ai_disclosure?: boolean | null;
  scope_boundaries?: boolean | null;
  high_empathy?: boolean | null;
  natural_filler_words?: boolean | null;
  echo_verification?: boolean | null;
  nato_phonetic_alphabet?: boolean | null;
  smart_matching?: boolean | null;
  speech_normalization?: boolean | null;
}

export interface ContactMemoryConfig {
  enable_read?: boolean | null;
  enable_update?: boolean | null;
}

/** Runs after the analysis, if its condition holds. */
export interface LaterCustomTool {
  condition?: ToolCondition | null;
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

/** Runs after the analysis, if its condition holds. */
export interface LaterCodeTool {
  condition?: ToolCondition | null;
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

/** Runs after the analysis, if its condition holds. */
export interface LaterAppTool {
  condition?: ToolCondition | null;
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

/** Runs after the analysis, if its condition holds. */
export interface LaterSmsTool {
  condition?: ToolCondition | null;
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

export interface AgentFilters {
  channel?: Condition | null;
  is_transfer_agent?: Condition | null;
  query?: string | null;
}

export interface Tag {
  version?: number | null;
  dynamic_variables?: Record<string, string> | null;
}

export interface SpokenAction {
  type: 'prompt' | 'static_text';
  text: string;
}

export interface SilentAction {
  type: 'hangup' | 'bridge_transfer';
}

export interface HangUp {
  type: 'hangup';
}

export interface ToolCondition {
  type: 'equation';
  equations: Equation[];
  operator: '&&' | '||';
}

export interface Equation {
  left: string;
  operator: '==' | '!=' | '>' | '>=' | '<' | '<=' | 'contains' | 'not_contains' | 'exists' | 'not_exist';
  right?: string | null;
}
