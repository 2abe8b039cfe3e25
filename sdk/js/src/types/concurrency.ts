// Made by `python -m sdk.generate`; not edited by hand.

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
