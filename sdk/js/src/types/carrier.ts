// Made by `python -m sdk.generate`; not edited by hand.

/** What opens a workspace's own account; which of the words it needs is the carrier's. */
export interface CarrierAccountPutParams {
  account?: string | null;
  secret?: string | null;
  public_key?: string | null;
  application?: string | null;
}

/** Whose account with a carrier numbers are bought through; the secret but for its end is never */
export interface CarrierAccountResponse {
  carrier: string;
  source: 'workspace' | 'installation' | 'none';
  account?: string | null;
  public_key?: string | null;
  application?: string | null;
  secret_last4?: string | null;
  last_modification_timestamp?: number | null;
}
