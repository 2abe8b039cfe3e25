// Made by `python -m sdk.generate`; not edited by hand.

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
  from_number: string;
  honor_internal_dnc?: boolean | null;
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

/** Body of create-batch-call. `trigger_timestamp` is in ms; none means now. */
export interface BatchCallParams {
  from_number: string;
  tasks: CallTask[];
  name?: string | null;
  trigger_timestamp?: number | null;
  reserved_concurrency?: number | null;
  call_time_window?: CallTimeWindow | null;
}

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

/** Body of create-agent; a PATCH is validated as the agent it would give. */
export interface AgentUpdateParams {
  response_engine?: RetellLlmEngine | FlowEngine | CustomLlmEngine;
  voice_id?: string;
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

/** Body of create-phone-number. */
export interface NumberPurchaseParams {
  nickname?: string | null;
  inbound_agents?: WeightedAgent[] | null;
  outbound_agents?: WeightedAgent[] | null;
  inbound_webhook_url?: string | null;
  allowed_inbound_country_list?: string[] | null;
  allowed_outbound_country_list?: string[] | null;
  cps_limit?: number | null;
  fallback_number?: string | null;
  transport?: string | null;
  codecs?: string[] | null;
  inbound_agent_id?: string | null;
  outbound_agent_id?: string | null;
  inbound_agent_version?: number | string;
  outbound_agent_version?: number | string;
  area_code?: number | null;
  country_code?: 'US' | 'CA' | null;
  number_provider?: 'twilio' | 'telnyx' | null;
  phone_number?: string | null;
  toll_free?: boolean | null;
}

/** Body of import-phone-number. `ignore_e164_validation` is true unless said (trap 27). */
export interface NumberImportParams {
  nickname?: string | null;
  inbound_agents?: WeightedAgent[] | null;
  outbound_agents?: WeightedAgent[] | null;
  inbound_webhook_url?: string | null;
  allowed_inbound_country_list?: string[] | null;
  allowed_outbound_country_list?: string[] | null;
  cps_limit?: number | null;
  fallback_number?: string | null;
  transport?: string | null;
  codecs?: string[] | null;
  inbound_agent_id?: string | null;
  outbound_agent_id?: string | null;
  inbound_agent_version?: number | string;
  outbound_agent_version?: number | string;
  phone_number: string;
  termination_uri: string;
  sip_trunk_auth_username?: string | null;
  sip_trunk_auth_password?: string | null;
  ignore_e164_validation?: boolean | null;
}

/** Body of update-phone-number. */
export interface NumberUpdateParams {
  nickname?: string | null;
  inbound_agents?: WeightedAgent[] | null;
  outbound_agents?: WeightedAgent[] | null;
  inbound_webhook_url?: string | null;
  allowed_inbound_country_list?: string[] | null;
  allowed_outbound_country_list?: string[] | null;
  cps_limit?: number | null;
  fallback_number?: string | null;
  transport?: string | null;
  codecs?: string[] | null;
  inbound_agent_id?: string | null;
  outbound_agent_id?: string | null;
  inbound_agent_version?: number | string;
  outbound_agent_version?: number | string;
  inbound_sms_agents?: WeightedAgent[] | null;
  outbound_sms_agents?: WeightedAgent[] | null;
  inbound_sms_webhook_url?: string | null;
  termination_uri?: string | null;
  auth_username?: string | null;
  auth_password?: string | null;
}

/** `public_user_id` is the owner's id, where the vendor asks for it. */
export interface CommunityVoiceParams {
  provider_voice_id: string;
  voice_name: string;
  public_user_id?: string | null;
  voice_provider?: 'elevenlabs' | 'cartesia' | 'minimax' | 'fish_audio' | 'inworld' | null;
}

export interface VoiceSearchParams {
  search_query: string;
  voice_provider?: 'elevenlabs' | 'cartesia' | 'minimax' | 'fish_audio' | 'inworld' | null;
}

export interface VoiceCloneParams {
  voice_name: string;
  voice_provider: string;
  files: Blob[];
}

export interface KnowledgeBaseParams {
  knowledge_base_name: string;
  knowledge_base_texts?: KnowledgeText[];
  knowledge_base_urls?: string[];
  knowledge_base_files?: Blob[];
  enable_auto_refresh?: boolean;
  max_chunk_size?: number;
  min_chunk_size?: number;
}

export interface KnowledgeBaseSourcesParams {
  knowledge_base_texts?: KnowledgeText[];
  knowledge_base_urls?: string[];
  knowledge_base_files?: Blob[];
}

/** null goes back to the installation's default; what is absent stays. */
export interface LimitsUpdateParams {
  concurrency_limit?: number | null;
  concurrency_burst_enabled?: boolean | null;
  reserved_inbound_concurrency?: number | null;
  cps?: Record<string, number | null> | null;
  confirm_cps?: string[] | null;
  calling_hours?: CallingHours | null;
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
  scrubbed_recording_url?: string | null;
  scrubbed_recording_multi_channel_url?: string | null;
  public_log_url?: string | null;
  knowledge_base_retrieved_contents_url?: string | null;
  latency?: Latency | null;
  llm_token_usage?: TokenUsage | null;
  transfer_destination?: string | null;
  telephony_identifier?: TelephonyIdentifier | null;
  disconnection_reason?: string | null;
  disconnection_detail?: string | null;
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
  scrubbed_recording_url?: string | null;
  scrubbed_recording_multi_channel_url?: string | null;
  public_log_url?: string | null;
  knowledge_base_retrieved_contents_url?: string | null;
  latency?: Latency | null;
  llm_token_usage?: TokenUsage | null;
  transfer_destination?: string | null;
  telephony_identifier?: TelephonyIdentifier | null;
  disconnection_reason?: string | null;
  disconnection_detail?: string | null;
  sip_status_code?: number | null;
  batch_call_id?: string | null;
  call_cost?: Cost | null;
  call_analysis?: Analysis | null;
}

export interface BatchCallResponse {
  batch_call_id: string;
  name: string;
  from_number: string;
  scheduled_timestamp: number;
  total_task_count: number;
  call_time_window?: Record<string, unknown> | null;
}

export interface AgentResponse {
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
  agent_id: string;
  version: number;
  channel: 'voice';
  is_published: boolean;
  last_modification_timestamp: number;
  base_version?: number | null;
  assigned_tags?: string[] | null;
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

export interface ConversationFlowComponentResponse {
  conversation_flow_component_id: string;
  name: string;
  nodes: Array<Record<string, unknown>>;
  user_modified_timestamp: number;
  linked_conversation_flow_ids?: string[] | null;
}

export interface PhoneNumberResponse {
  phone_number: string;
  phone_number_type: 'retell-twilio' | 'retell-telnyx' | 'custom';
  phone_number_pretty?: string | null;
  area_code?: number | null;
  nickname?: string | null;
  inbound_agents?: BoundAgent[] | null;
  outbound_agents?: BoundAgent[] | null;
  inbound_agent_id?: string | null;
  inbound_agent_version?: number | string | null;
  outbound_agent_id?: string | null;
  outbound_agent_version?: number | string | null;
  inbound_webhook_url?: string | null;
  allowed_inbound_country_list?: string[] | null;
  allowed_outbound_country_list?: string[] | null;
  fallback_number?: string | null;
  cps_limit?: number | null;
  sip_outbound_trunk_config?: Trunk | null;
  last_modification_timestamp: number;
}

export interface VariantsResponse {
  phone_number: string;
  variants: VariantAnswer[];
}

export interface VoiceResponse {
  voice_id: string;
  voice_name: string;
  provider: string;
  gender: 'male' | 'female';
  accent?: string | null;
  age?: string | null;
  avatar_url?: string | null;
  preview_audio_url?: string | null;
}

export interface VoiceSearchResponse {
  voices: VoiceMatch[];
}

export interface KnowledgeBaseResponse {
  knowledge_base_id: string;
  knowledge_base_name: string;
  status: 'in_progress' | 'complete' | 'error' | 'refreshing_in_progress';
  knowledge_base_sources?: KnowledgeSource[] | null;
  enable_auto_refresh?: boolean | null;
  last_refreshed_timestamp?: number | null;
  max_chunk_size?: number | null;
  min_chunk_size?: number | null;
}

export interface McpToolResponse {
  name: string;
  description?: string | null;
  inputSchema?: Record<string, unknown> | null;
}

export interface ConcurrencyResponse {
  current_concurrency: number;
  concurrency_limit: number;
  base_concurrency: number;
  purchased_concurrency: number;
  concurrency_purchase_limit: number;
  remaining_purchase_limit: number;
  concurrency_burst_enabled: boolean;
  concurrency_burst_limit: number;
  reserved_inbound_concurrency: number;
}

export interface LimitsResponse {
  concurrency_limit: number;
  concurrency_burst_enabled: boolean;
  concurrency_burst_limit: number;
  reserved_inbound_concurrency: number;
  current_concurrency: number;
  current_outbound: number;
  current_inbound: number;
  cps: Record<string, CpsAnswer>;
  calling_hours?: CallingHours | null;
}

export interface IdentityResponse {
  org_id: string;
  org_name: string;
  api_key_name?: string | null;
}

/** The shape; `agent` is checked as the agent that it would give. */
export interface AgentOverride {
  agent?: Record<string, unknown> | null;
  retell_llm?: LlmOverride | null;
  conversation_flow?: FlowOverride | null;
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

/** What one outbound call of a batch has of its own. */
export interface CallTask {
  agent_override?: AgentOverride | null;
  metadata?: Record<string, any> | null;
  retell_llm_dynamic_variables?: Record<string, string> | null;
  to_number: string;
  override_agent_id?: string | null;
  override_agent_version?: number | string;
  custom_sip_headers?: Record<string, string> | null;
  ignore_e164_validation?: boolean | null;
}

/** When calls may be placed. Without days every day; without a zone America/Los_Angeles. */
export interface CallTimeWindow {
  windows: TimeWindow[];
  day?: Array<'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday' | 'Sunday'> | null;
  timezone?: string | null;
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

export interface State {
  name: string;
  state_prompt?: string | null;
  tools?: Array<EndCallTool | TransferCallTool | TransferOutcomeTool | AgentSwapTool | PressDigitTool | SendSmsTool | CustomTool | CodeTool | ExtractTool | McpTool | AppTool | CalendarTool> | null;
  edges?: StateEdge[] | null;
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

export interface WeightedAgent {
  agent_id: string;
  weight: number;
  agent_version?: number | string;
}

export interface KnowledgeText {
  title: string;
  text: string;
}

/** Hours in which outbound calls are admitted; without days every day, without a zone the */
export interface CallingHours {
  windows: TimeWindow[];
  day?: Array<'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday' | 'Sunday'> | null;
  timezone?: string | null;
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

export interface Tag {
  version?: number | null;
  dynamic_variables?: Record<string, string> | null;
}

export interface BoundAgent {
  agent_id: string;
  weight: number;
  agent_version?: number | string | null;
}

/** The trunk of an imported number; its password is never returned. */
export interface Trunk {
  termination_uri?: string | null;
  auth_username?: string | null;
  transport?: string | null;
  codecs?: string[] | null;
}

export interface VariantAnswer {
  agent_id: string;
  agent_version: number;
  weight: number;
  calls: number;
  pick_up_rate: EstimateAnswer;
  success_rate: EstimateAnswer;
  duration_ms: EstimateAnswer;
}

export interface VoiceMatch {
  name?: string | null;
  description?: string | null;
  provider_voice_id?: string | null;
  public_user_id?: string | null;
}

export interface KnowledgeSource {
  type: 'document' | 'text' | 'url';
  source_id: string;
  title?: string | null;
  content_url?: string | null;
  filename?: string | null;
  file_size?: number | null;
  file_url?: string | null;
  url?: string | null;
}

/** `limit` holds now, `pending` from `pending_until_timestamp` on or once confirmed. */
export interface CpsAnswer {
  limit: number;
  maximum: number;
  pending?: number | null;
  pending_until_timestamp?: number | null;
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

export interface AgentChoice {
  agent_id: string;
  version?: number[] | null;
}

/** One filter: which operators and values fit depends on `type`. */
export interface Condition {
  type: 'string' | 'number' | 'range' | 'boolean' | 'enum' | 'present';
  op: 'eq' | 'ne' | 'sw' | 'ew' | 'co' | 'gt' | 'ge' | 'lt' | 'le' | 'bt' | 'in' | 'pr' | 'np';
  value?: unknown;
}

export interface KeyedCondition {
  type: 'string' | 'number' | 'range' | 'boolean' | 'enum' | 'present';
  op: 'eq' | 'ne' | 'sw' | 'ew' | 'co' | 'gt' | 'ge' | 'lt' | 'le' | 'bt' | 'in' | 'pr' | 'np';
  value?: unknown;
  key: string;
}

/** Minutes since local midnight, the end excluded. */
export interface TimeWindow {
  start: number;
  end: number;
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

export interface ToolCondition {
  type: 'equation';
  equations: Equation[];
  operator: '&&' | '||';
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

export interface StateEdge {
  destination_state_name: string;
  description: string;
  parameters?: EdgeParameters | null;
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

/** `low` to `high` is the 95 % confidence interval; null: too few to say. */
export interface EstimateAnswer {
  count: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface Equation {
  left: string;
  operator: '==' | '!=' | '>' | '>=' | '<' | '<=' | 'contains' | 'not_contains' | 'exists' | 'not_exist';
  right?: string | null;
}

export interface EdgeParameters {
  type: 'object';
  properties: Record<string, unknown>;
  required?: string[] | null;
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
