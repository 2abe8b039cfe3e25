// Made by `python -m sdk.generate`; not edited by hand.

/** Body of create-phone-number. `adopt` (ours): `phone_number` is in the account already, */
export interface NumberPurchaseParams {
  nickname?: string | null;
  inbound_agents?: WeightedAgent[] | null;
  outbound_agents?: WeightedAgent[] | null;
  inbound_webhook_url?: string | null;
  allowed_inbound_country_list?: string[] | null;
  allowed_inbound_source_list?: string[] | null;
  inbound_auth_required?: boolean | null;
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
  adopt?: boolean | null;
}

/** Body of import-phone-number. `ignore_e164_validation` is true unless said (trap 27). */
export interface NumberImportParams {
  nickname?: string | null;
  inbound_agents?: WeightedAgent[] | null;
  outbound_agents?: WeightedAgent[] | null;
  inbound_webhook_url?: string | null;
  allowed_inbound_country_list?: string[] | null;
  allowed_inbound_source_list?: string[] | null;
  inbound_auth_required?: boolean | null;
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
  media_encryption?: 'disable' | 'allow' | 'require' | null;
  ignore_e164_validation?: boolean | null;
}

/** Body of update-phone-number. */
export interface NumberUpdateParams {
  nickname?: string | null;
  inbound_agents?: WeightedAgent[] | null;
  outbound_agents?: WeightedAgent[] | null;
  inbound_webhook_url?: string | null;
  allowed_inbound_country_list?: string[] | null;
  allowed_inbound_source_list?: string[] | null;
  inbound_auth_required?: boolean | null;
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
  media_encryption?: 'disable' | 'allow' | 'require' | null;
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
  allowed_inbound_source_list?: string[] | null;
  inbound_auth_required?: boolean | null;
  allowed_outbound_country_list?: string[] | null;
  fallback_number?: string | null;
  cps_limit?: number | null;
  sip_outbound_trunk_config?: Trunk | null;
  adopted?: boolean | null;
  last_modification_timestamp: number;
}

export interface VariantsResponse {
  phone_number: string;
  variants: VariantAnswer[];
}

/** Weights of a list add up to 1, or to 100 (percent, as the dashboard writes them). */
export interface WeightedAgent {
  agent_id: string;
  weight: number;
  agent_version?: number | string;
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
  media_encryption?: 'disable' | 'allow' | 'require' | null;
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

/** `low` to `high` is the 95 % confidence interval; null: too few to say. */
export interface EstimateAnswer {
  count: number;
  value: number | null;
  low: number | null;
  high: number | null;
}
