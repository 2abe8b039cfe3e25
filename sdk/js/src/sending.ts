/** Sends requests, repeats them politely, and gives the answers their types. */
import { ConnectionFailed, TimedOut, errorFor, parsed, retryAfterSeconds } from './errors.js';
import { Pages } from './paging.js';
import { type Request, contentOf, delayMs, mayRepeat, pathOf, queryOf } from './requests.js';
import { VERSION } from './version.js';

export { Pages, pathOf };

const TIMEOUT_MS = 60_000;
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** For one request, instead of the client's own. */
export interface Options {
  maxRetries?: number;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Where the server is and how to speak to it. */
export interface Settings {
  apiKey: string;
  baseURL: string;
  maxRetries: number;
  timeoutMs: number | undefined;
  fetch: typeof globalThis.fetch;
}

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export class Sender {
  constructor(readonly settings: Settings) {}

  /** The answer's JSON, undefined when it is empty. */
  async send(request: Request, options: Options = {}): Promise<unknown> {
    const body = contentOf(request);
    const retries = options.maxRetries ?? this.settings.maxRetries;
    for (let attempt = 0; ; attempt += 1) {
      let answer: Answer | undefined;
      let failure: unknown;
      try {
        answer = await this.#once(request, body, attempt, options);
      } catch (error) {
        if (options.signal?.aborted) throw error;
        failure = error;
      }
      if (answer !== undefined && answer.status >= 200 && answer.status < 300) return parsed(answer.text);
      const headers = answer?.headers ?? new Headers();
      const sent = !neverSent(failure);
      if (attempt >= retries || !mayRepeat(request, answer?.status, headers, sent)) {
        throw answer === undefined ? noAnswer(failure) : errorFor(answer.status, answer.text, headers);
      }
      await sleep(delayMs(attempt, retryAfterSeconds(headers), Math.random()), options.signal);
    }
  }

  async #once(
    request: Request, body: string | FormData | undefined, attempt: number, options: Options,
  ): Promise<Answer> {
    const timeout = AbortSignal.timeout(
      options.timeoutMs ?? this.settings.timeoutMs ?? request.timeoutMs ?? TIMEOUT_MS,
    );
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.settings.apiKey}`,
      accept: 'application/json',
      'user-agent': `uponai-js/${VERSION}`,
      'x-stainless-retry-count': String(attempt),
    };
    if (typeof body === 'string') headers['content-type'] = 'application/json';
    const response = await this.settings.fetch(this.settings.baseURL + request.path + queryOf(request), {
      method: request.method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: options.signal ? AbortSignal.any([timeout, options.signal]) : timeout,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
}

function neverSent(failure: unknown): boolean {
  const cause = (failure as { cause?: { code?: string; errors?: { code?: string }[] } } | undefined)?.cause;
  const codes = [cause?.code, ...(cause?.errors ?? []).map((one) => one.code)];
  return codes.some((code) => code !== undefined && NEVER_SENT.includes(code));
}

function noAnswer(failure: unknown): ConnectionFailed {
  const error = failure as Error & { cause?: { message?: string; code?: string } };
  if (error.name === 'TimeoutError') return new TimedOut('no answer in time', failure);
  const why = error.cause?.message || error.cause?.code;
  return new ConnectionFailed(why ? `${error.message}: ${why}` : error.message, failure);
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The methods of one kind of object. */
export abstract class Resource {
  readonly #sender: Sender;

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  protected async nothing(request: Request, options?: Options): Promise<void> {
    await this.#sender.send(request, options);
  }

  protected async one<T>(request: Request, options?: Options): Promise<T> {
    return (await this.#sender.send(request, options)) as T;
  }

  protected async many<T>(request: Request, options?: Options): Promise<T[]> {
    return ((await this.#sender.send(request, options)) ?? []) as T[];
  }

  protected page<T>(request: Request, options?: Options): Pages<T> {
    return new Pages<T>((one) => this.#sender.send(one, options), request);
  }
}
