// Made by `python -m sdk.generate`; not edited by hand.

import type { TimeWindow } from './shared.js';
import type { AgentOverride } from './shared_2.js';

/** Body of create-batch-call. `trigger_timestamp` is in ms; none means now. */
export interface BatchCallParams {
  from_number: string;
  name?: string | null;
  trigger_timestamp?: number | null;
  reserved_concurrency?: number | null;
  call_time_window?: CallTimeWindow | null;
  redial_policy?: RedialPolicy | null;
  tasks: CallTask[];
}

export interface BatchCallResponse {
  batch_call_id: string;
  name: string;
  from_number: string;
  scheduled_timestamp: number;
  total_task_count: number;
  call_time_window?: Record<string, unknown> | null;
}

/** When calls may be placed. Without days every day; without a zone America/Los_Angeles. */
export interface CallTimeWindow {
  windows: TimeWindow[];
  day?: Array<'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday' | 'Sunday'> | null;
  timezone?: string | null;
}

/** Calls in all per task, the wait between them, and after which endings; without reasons after */
export interface RedialPolicy {
  max_attempts: number;
  wait_ms?: number | null;
  reasons?: Array<'dial_busy' | 'dial_no_answer'> | null;
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
  honor_internal_dnc?: boolean | null;
}
