/** The client of an UponAI server. */
import { UponAIError } from './errors.js';
import { Resources } from './resources.js';
import { Sender } from './sending.js';
import { Webhooks } from './webhooks.js';

export interface ClientOptions {
  /** Else `UPONAI_API_KEY` or `RETELL_API_KEY` of the environment. */
  apiKey?: string | undefined;
  /** Your server. Else `UPONAI_BASE_URL` or `RETELL_BASE_URL`, else `http://127.0.0.1:8080`. */
  baseURL?: string | undefined;
  /** How often a request that may be repeated is; 2. */
  maxRetries?: number;
  /** Replaces each method's own (60 s and more). */
  timeoutMs?: number;
  /** Instead of the built-in `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** The client: `new UponAI({ apiKey, baseURL }).call.createPhoneCall({ ... })`. */
export class UponAI extends Resources {
  readonly webhooks: Webhooks;

  constructor(options: ClientOptions = {}) {
    const environment = typeof process === 'undefined' ? {} : process.env;
    const apiKey = options.apiKey || environment['UPONAI_API_KEY'] || environment['RETELL_API_KEY'];
    if (!apiKey) throw new UponAIError('Give apiKey, or set UPONAI_API_KEY.', 'no_api_key');
    const url = options.baseURL || environment['UPONAI_BASE_URL'] || environment['RETELL_BASE_URL'];
    const settings = {
      apiKey,
      baseURL: (url || 'http://127.0.0.1:8080').replace(/\/+$/, ''),
      maxRetries: options.maxRetries ?? 2,
      timeoutMs: options.timeoutMs,
      fetch: options.fetch ?? globalThis.fetch,
    };
    super(new Sender(settings));
    this.webhooks = new Webhooks(apiKey);
  }
}

export default UponAI;
export {
  ApiError,
  BadRequest,
  ConnectionFailed,
  Forbidden,
  NotFound,
  RateLimited,
  ServerError,
  TimedOut,
  Unauthorized,
  UponAIError,
} from './errors.js';
export { Page, Pages } from './paging.js';
export type { Options } from './sending.js';
export type * from './types.js';
