// Made by `python -m sdk.generate`; not edited by hand.

import type { TimeWindow } from './shared.js';

/** null goes back to the installation's default; what is absent stays. */
export interface LimitsUpdateParams {
  concurrency_limit?: number | null;
  concurrency_burst_enabled?: boolean | null;
  reserved_inbound_concurrency?: number | null;
  cps?: Record<string, number | null> | null;
  confirm_cps?: string[] | null;
  calling_hours?: CallingHours | null;
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

/** Hours in which outbound calls are admitted; without days every day, without a zone the */
export interface CallingHours {
  windows: TimeWindow[];
  day?: Array<'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday' | 'Sunday'> | null;
  timezone?: string | null;
}

/** `limit` holds now, `pending` from `pending_until_timestamp` on or once confirmed. */
export interface CpsAnswer {
  limit: number;
  maximum: number;
  pending?: number | null;
  pending_until_timestamp?: number | null;
}
