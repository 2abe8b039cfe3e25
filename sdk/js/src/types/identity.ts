// Made by `python -m sdk.generate`; not edited by hand.

export interface IdentityResponse {
  org_id: string;
  org_name: string;
  api_key_name?: string | null;
}
