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

export interface BatchCsvParams {
  from_number: string;
  files: Blob[];
  name?: string;
  trigger_timestamp?: number;
  reserved_concurrency?: number;
  call_time_window?: Record<string, unknown>;
  redial_policy?: Record<string, unknown>;
}

export interface BatchCallResponse {
  batch_call_id: string;
  name: string;
  from_number: string;
  scheduled_timestamp: number;
  total_task_count: number;
  call_time_window?: Record<string, unknown> | null;
}

/** A batch with its progress. */
export interface BatchResponse {
  batch_call_id: string;
  name: string;
  from_number: string;
  scheduled_timestamp: number;
  total_task_count: number;
  call_time_window?: Record<string, unknown> | null;
  status: 'planned' | 'ongoing' | 'paused' | 'cancelled' | 'sent';
  created_timestamp: number;
  reserved_concurrency?: number | null;
  redial_policy?: Record<string, unknown> | null;
  paused_timestamp?: number | null;
  cancelled_timestamp?: number | null;
  closed_timestamp?: number | null;
  progress: BatchProgress;
}

/** A batch without figures. */
export interface BatchListItem {
  batch_call_id: string;
  name: string;
  from_number: string;
  scheduled_timestamp: number;
  total_task_count: number;
  call_time_window?: Record<string, unknown> | null;
  status: 'planned' | 'ongoing' | 'paused' | 'cancelled' | 'sent';
  created_timestamp: number;
  reserved_concurrency?: number | null;
  redial_policy?: Record<string, unknown> | null;
  paused_timestamp?: number | null;
  cancelled_timestamp?: number | null;
  closed_timestamp?: number | null;
}

/** A task; call and outcome are those of its last call. */
export interface BatchTask {
  position: number;
  to_number: string;
  state: 'waiting' | 'calling' | 'done' | 'cancelled';
  calls: number;
  answered: boolean;
  call_id?: string | null;
  outcome?: string | null;
  due_timestamp?: number | null;
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

/** Tasks by where they stand. `answered` tasks reached somebody; `calls` counts redials; */
export interface BatchProgress {
  waiting: number;
  cancelled: number;
  calling: number;
  done: number;
  answered: number;
  calls: number;
  outcomes: Record<string, number>;
}
