/** One request as data, and when to repeat it. No I/O. */
import { randomUUID } from 'node:crypto';
import { retryAfterSeconds } from './errors.js';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
const LONGEST_WAIT_MS = 60_000;
const SPREAD = 0.25;
const NO_SEGMENT = ['', '.', '..']; // A URL would swallow them.
const REPEATABLE = [408, 409, 429];

/**
 * `query` names the fields of the parameters that go in the query string; the rest is the body.
 * `once`: a second attempt might do the thing twice. `keyed`: the body carries an idempotency key,
 * made where none is given, so that a second attempt is harmless. `form`: multipart/form-data.
 */
export interface Request {
  method: string;
  path: string;
  body?: object;
  query?: [object, string[]];
  timeoutMs?: number;
  once?: boolean;
  keyed?: boolean;
  form?: boolean;
}

/** The path with each value as one segment; a phone number keeps its plus. */
export function pathOf(template: string, values: Record<string, string>): string {
  return template.replace(/{(\w+)}/g, (_, name: string) => {
    const value = values[name];
    if (typeof value !== 'string' || NO_SEGMENT.includes(value)) throw new TypeError(`${name} must be an id`);
    return encodeURIComponent(value).replace(/%2B/g, '+');
  });
}

/** `?a=1&b=true`, or nothing. */
export function queryOf(request: Request): string {
  const [fields, names] = request.query ?? [{}, []];
  const search = new URLSearchParams();
  for (const name of names) {
    const value = (fields as Record<string, unknown>)[name];
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/** The body as fetch takes it, made once for all attempts. */
export function contentOf(request: Request): string | FormData | undefined {
  if (request.body === undefined) return undefined;
  const inQuery: string[] = request.query?.[1] ?? [];
  const given = Object.entries(request.body).filter(([name, value]) => value !== undefined && !inQuery.includes(name));
  const body = Object.fromEntries(given) as Record<string, unknown>;
  if (request.form) return formOf(body);
  if (request.keyed) body['idempotency_key'] ??= randomUUID();
  return JSON.stringify(body);
}

/** Files repeat under their name; arrays and objects are one JSON text each. */
function formOf(body: Record<string, unknown>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (name === 'files' || name.endsWith('_files')) {
      (value as Blob[]).forEach((file, at) => form.append(name, file, file instanceof File ? file.name : `file${at}`));
    } else if (value !== null) {
      form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
  return form;
}

/** Whether another attempt is allowed. `status` undefined: no answer; `sent` false: it never left. */
export function mayRepeat(request: Request, status: number | undefined, headers: Headers, sent = true): boolean {
  const told = headers.get('x-should-retry');
  if (told === 'false') return false;
  const wait = retryAfterSeconds(headers);
  if (wait !== undefined && wait * 1000 > LONGEST_WAIT_MS) return false; // The error says how long.
  if (status === 429 || (status === undefined && !sent)) return true; // Nothing was done.
  if (request.once) return false;
  return told === 'true' || status === undefined || REPEATABLE.includes(status) || status >= 500;
}

/** How long to wait after attempt 0, 1, ...; `chance` in [0, 1) spreads the clients. */
export function delayMs(attempt: number, retryAfter: number | undefined, chance: number): number {
  const asked = retryAfter === undefined ? 0 : retryAfter * 1000;
  if (asked > 0 && asked <= LONGEST_WAIT_MS) return Math.min(asked * (1 + SPREAD * chance), LONGEST_WAIT_MS);
  return Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS) * (1 - SPREAD * chance);
}
