/** What the methods throw. `code` is the server's word, `status` HTTP's. */

/** Base of everything that the client throws. */
export class UponAIError extends Error {
  /** A stable word, such as `rate_limited`. */
  readonly code: string;
  /** The HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** Seconds to wait, where the server said. */
  readonly retryAfter: number | undefined;

  constructor(message: string, code: string, more: { status?: number; retryAfter?: number; cause?: unknown } = {}) {
    super(message, 'cause' in more ? { cause: more.cause } : undefined);
    this.name = new.target.name;
    this.code = code;
    this.status = more.status;
    this.retryAfter = more.retryAfter;
  }
}

/** No answer: not connected, or cut off. `code` is `connection_failed`. */
export class ConnectionFailed extends UponAIError {
  constructor(message: string, cause?: unknown, code = 'connection_failed') {
    super(message, code, { cause });
  }
}

/** No answer in time. `code` is `timed_out`. */
export class TimedOut extends ConnectionFailed {
  constructor(message: string, cause?: unknown) {
    super(message, cause, 'timed_out');
  }
}

/** The server said no. `body` is what it answered, `requestId` what its log calls the request. */
export class ApiError extends UponAIError {
  override readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
  readonly requestId: string | undefined;

  constructor(status: number, code: string, message: string, body: unknown, headers: Headers) {
    const retryAfter = retryAfterSeconds(headers);
    super(`${status} ${message}`, code, { status, ...(retryAfter === undefined ? {} : { retryAfter }) });
    this.status = status;
    this.body = body;
    this.headers = headers;
    this.requestId = headers.get('x-request-id') ?? undefined;
  }
}

/** 400: the message names the field and what it must be. */
export class BadRequest extends ApiError {}
/** 401. */
export class Unauthorized extends ApiError {}
/** 403. */
export class Forbidden extends ApiError {}
/** 404, and 422 for an unknown id of the older families. */
export class NotFound extends ApiError {}
/** 429; `code` is `rate_limited`. */
export class RateLimited extends ApiError {}
/** 500 and above. */
export class ServerError extends ApiError {}

const CLASSES: Record<number, [typeof ApiError, string]> = {
  400: [BadRequest, 'bad_request'],
  401: [Unauthorized, 'unauthorized'],
  403: [Forbidden, 'forbidden'],
  404: [NotFound, 'not_found'],
  422: [NotFound, 'not_found'],
  429: [RateLimited, 'rate_limited'],
};

/** The error for an answer outside 200 to 299. */
export function errorFor(status: number, text: string, headers: Headers): ApiError {
  const body = parsed(text);
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const [kind, word] = CLASSES[status] ?? (status >= 500 ? [ServerError, 'server_error'] : [ApiError, 'error']);
  const message = String(said['message'] || said['error_message'] || text);
  return new kind(status, String(said['code'] || word), message, body, headers);
}

/** `Retry-After` in seconds: a number or an HTTP date. */
export function retryAfterSeconds(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null || text.trim() === '') return undefined;
  const seconds = Number(text);
  if (!Number.isNaN(seconds)) return seconds;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : (date - Date.now()) / 1000;
}

/** JSON, or undefined for anything else. */
export function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
