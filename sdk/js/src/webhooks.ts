/** Checking that a webhook comes from your server (header `x-uponai-signature`, or Retell's). */
import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_MS = 300_000;
const FORM = /^v=(\d+),d=([0-9a-f]{64})$/;

/** `client.webhooks`. The key is the API key with the webhook badge. */
export class Webhooks {
  readonly #apiKey: string;

  constructor(apiKey: string) {
    this.#apiKey = apiKey;
  }

  /**
   * Whether `signature` signs `body`, the raw request text, within five minutes. It answers at
   * once: there is nothing to await. Give the body as it came: JSON read and written again is
   * another text.
   */
  verify(
    body: string | Uint8Array,
    signature: string | string[] | null | undefined,
    options: { apiKey?: string; nowMs?: number } = {},
  ): boolean {
    const match = typeof signature === 'string' ? FORM.exec(signature) : null;
    if (match === null) return false;
    const [, stamp = '', digest = ''] = match;
    if (Math.abs((options.nowMs ?? Date.now()) - Number(stamp)) > TOLERANCE_MS) return false;
    const made = createHmac('sha256', options.apiKey ?? this.#apiKey).update(body).update(stamp).digest('hex');
    const text = new TextEncoder();
    return timingSafeEqual(text.encode(made), text.encode(digest));
  }
}
