// Made by `python -m sdk.generate`; not edited by hand.

export interface McpToolResponse {
  name: string;
  description?: string | null;
  inputSchema?: Record<string, unknown> | null;
}
