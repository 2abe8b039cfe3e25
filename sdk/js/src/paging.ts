/** Pages of a list: one at a time, or every item as if there were one. */
import type { Request } from './requests.js';

type Send = (request: Request) => Promise<unknown>;
const KEY = 'pagination_key';

/** `items` are this page's; iterating goes on over all pages to come. */
export class Page<T> implements AsyncIterable<T> {
  readonly items: T[];
  readonly has_more: boolean;
  /** Give it to the same method to continue later. */
  readonly pagination_key: string | undefined;
  /** How many items there are on all pages, where the server was asked for it. */
  readonly total: number | undefined;
  readonly #send: Send;
  readonly #request: Request;

  constructor(send: Send, request: Request, answer: unknown) {
    const fields = (answer ?? {}) as { items?: T[]; has_more?: boolean; pagination_key?: string; total?: number };
    this.items = fields.items ?? [];
    this.pagination_key = fields.pagination_key;
    this.has_more = Boolean(fields.has_more && fields.pagination_key);
    this.total = fields.total;
    this.#send = send;
    this.#request = request;
  }

  /** The page after this one; null after the last. */
  async nextPage(): Promise<Page<T> | null> {
    if (!this.has_more) return null;
    const request = requestAfter(this.#request, this.pagination_key);
    return new Page<T>(this.#send, request, await this.#send(request));
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (let page: Page<T> | null = this; page !== null; page = await page.nextPage()) yield* page.items;
  }
}

/** `await` it for the first page, or `for await` it for every item of all pages. */
export class Pages<T> implements Promise<Page<T>>, AsyncIterable<T> {
  readonly [Symbol.toStringTag] = 'Pages';
  readonly #start: () => Promise<Page<T>>;
  #first: Promise<Page<T>> | undefined;

  constructor(send: Send, request: Request) {
    this.#start = async () => new Page<T>(send, request, await send(request));
  }

  #page(): Promise<Page<T>> {
    return (this.#first ??= this.#start());
  }

  then<A = Page<T>, B = never>(
    done?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#page().then(done, failed);
  }

  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Page<T> | B> {
    return this.#page().catch(failed);
  }

  finally(last?: (() => void) | null): Promise<Page<T>> {
    return this.#page().finally(last);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    yield* await this.#page();
  }
}

/** The request for the page after `key`: in the query where it has paging, else in the body. */
function requestAfter(request: Request, key: string | undefined): Request {
  const [fields, names]: [object, string[]] = request.query ?? [{}, []];
  if (names.includes(KEY)) return { ...request, query: [{ ...fields, [KEY]: key }, names] };
  return { ...request, body: { ...request.body, [KEY]: key } };
}
