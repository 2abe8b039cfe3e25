import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { createHmac } from 'node:crypto';
import { after, test } from 'node:test';
import Default, {
  ApiError, BadRequest, ConnectionFailed, NotFound, Page, RateLimited, ServerError, TimedOut, UponAI, UponAIError,
} from 'uponai';
import { answering, refused, soon } from './server.mjs';

const FROM = '+14155550100';
const TO = '+14155550123';
const CALL = { status: 201, body: { call_id: 'call_1', call_status: 'registered' } };
const open = [];

async function clientOf(answers, options = {}) {
  const server = await answering(...answers);
  open.push(server);
  return [new UponAI({ apiKey: 'key_1', baseURL: server.url, ...options }), server];
}

after(() => Promise.all(open.map((server) => server.close())));

test('a call is created with a key of its own', async () => {
  const [uponai, server] = await clientOf([CALL]);
  const call = await uponai.call.createPhoneCall({ from_number: FROM, to_number: TO, metadata: { a: [1] } });
  assert.equal(call.call_id, 'call_1');
  const [asked] = server.seen;
  assert.equal(`${asked.method} ${asked.url}`, 'POST /prefix/v2/create-phone-call');
  assert.equal(asked.headers.authorization, 'Bearer key_1');
  assert.match(asked.headers['content-type'], /^application\/json/);
  const [body] = server.json();
  assert.equal(body.idempotency_key.length, 36);
  assert.deepEqual(body.metadata, { a: [1] });
});

test("the guide's error code works", async () => {
  const [uponai] = await clientOf([refused(429, 'rate_limited', { 'retry-after': '7', 'x-request-id': 'r1' })], { maxRetries: 0 });
  try {
    await uponai.call.createPhoneCall({ from_number: FROM, to_number: TO });
    assert.fail('it was not refused');
  } catch (error) {
    assert.equal(error.code === 'rate_limited', true);
    assert.ok(error instanceof RateLimited && error instanceof ApiError && error instanceof UponAIError);
    assert.deepEqual([error.status, error.retryAfter, error.message, error.requestId], [429, 7, '429 No.', 'r1']);
  }
});

test('a repeat carries the same key and says that it is one', async () => {
  const [uponai, server] = await clientOf([refused(503, 'unavailable', soon), { cut: true }, CALL]);
  await uponai.call.createPhoneCall({ from_number: FROM, to_number: TO });
  assert.equal(new Set(server.seen.map((one) => one.body)).size, 1);
  assert.deepEqual(server.seen.map((one) => one.headers['x-stainless-retry-count']), ['0', '1', '2']);
});

test("a caller's own key is kept", async () => {
  const [uponai, server] = await clientOf([CALL]);
  await uponai.call.createPhoneCall({ from_number: FROM, to_number: TO, idempotency_key: 'mine' });
  assert.equal(server.json()[0].idempotency_key, 'mine');
});

test('only what may be repeated is', async () => {
  const engine = { type: 'retell-llm', llm_id: 'llm_1' };
  const cases = [
    [(c) => c.agent.create({ response_engine: engine, voice_id: 'v' }), 500, 1, ServerError],
    [(c) => c.batchCall.createBatchCall({ from_number: FROM, tasks: [] }), 503, 1, ServerError],
    [(c) => c.batchCall.createBatchCall({ from_number: FROM, tasks: [] }), 429, 3, RateLimited],
    [(c) => c.agent.retrieve('a'), 400, 1, BadRequest],
    [(c) => c.agent.retrieve('a'), 500, 3, ServerError],
    [(c) => c.call.delete('a'), 408, 3, ApiError],
  ];
  for (const [work, status, attempts, kind] of cases) {
    const [uponai, server] = await clientOf([1, 2, 3].map(() => refused(status, 'x', soon)));
    await assert.rejects(work(uponai), kind);
    assert.equal(server.seen.length, attempts, `${work} ${status}`);
  }
});

test('the server may forbid a repeat', async () => {
  const [uponai, server] = await clientOf([refused(500, 'x', { 'x-should-retry': 'false' })]);
  await assert.rejects(uponai.call.retrieve('c'), ServerError);
  assert.equal(server.seen.length, 1);
});

test('a wait too long to sit out is told at once', async () => {
  const [uponai, server] = await clientOf([refused(429, 'rate_limited', { 'retry-after': '3600' })]);
  await assert.rejects(uponai.call.retrieve('c'), { retryAfter: 3600 });
  assert.equal(server.seen.length, 1);
});

test('what may have arrived is not created twice; what never left is sent again', async () => {
  const body = { response_engine: { type: 'retell-llm', llm_id: 'llm_1' }, voice_id: 'v' };
  const [uponai, server] = await clientOf([{ cut: true }, CALL]);
  await assert.rejects(uponai.agent.create(body), ConnectionFailed);
  assert.equal(server.seen.length, 1);

  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => taken.once('listening', ready));
  const { port } = taken.address();
  await new Promise((closed) => taken.close(closed));
  let attempts = 0;
  const counting = (...given) => ((attempts += 1), fetch(...given));
  const nowhere = new UponAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${port}`, fetch: counting, maxRetries: 1 });
  await assert.rejects(nowhere.agent.create(body), { code: 'connection_failed', status: undefined });
  assert.equal(attempts, 2);
});

test('no answer in time', async () => {
  const [uponai, server] = await clientOf([{ silent: true }], { timeoutMs: 1000, maxRetries: 0 });
  await assert.rejects(uponai.call.retrieve('c'), (error) => error instanceof TimedOut && error.code === 'timed_out');
  assert.equal(server.seen.length, 1);
});

test('a caller may give up', async () => {
  const [uponai, server] = await clientOf([refused(503, 'x', { 'retry-after': '30' })]);
  const giveUp = new AbortController();
  const waiting = uponai.call.retrieve('c', { signal: giveUp.signal });
  setTimeout(() => giveUp.abort(), 50);
  await assert.rejects(waiting, { name: 'AbortError' });
  assert.ok(server.seen.length <= 1);
});

function pages(...groups) {
  return groups.map((ids, at) => ({
    body: {
      items: ids.map((id) => ({ call_id: id, agent_id: id })),
      total: 3,
      ...(at + 1 < groups.length ? { has_more: true, pagination_key: `key${at + 1}` } : { has_more: false }),
    },
  }));
}

test('a list goes on over its pages', async () => {
  const [uponai, server] = await clientOf(pages(['a', 'b'], [], ['c']));
  const ids = [];
  for await (const call of uponai.call.list({ limit: 2 })) ids.push(call.call_id);
  assert.deepEqual(ids, ['a', 'b', 'c']);
  assert.deepEqual(server.json().map((body) => body.pagination_key), [undefined, 'key1', 'key2']);
  assert.ok(server.json().every((body) => body.limit === 2));
});

test('one page, and the next', async () => {
  const [uponai, server] = await clientOf(pages(['a'], ['b']));
  const page = await uponai.agent.list({ limit: 1, filter_criteria: { query: 'x' } });
  assert.ok(page instanceof Page);
  assert.deepEqual([page.items[0].agent_id, page.has_more, page.pagination_key, page.total], ['a', true, 'key1', 3]);
  const next = await page.nextPage();
  assert.equal(next.items[0].agent_id, 'b');
  assert.equal(await next.nextPage(), null);
  assert.deepEqual(server.seen.map((one) => one.url), [
    '/prefix/v2/list-agents?limit=1', '/prefix/v2/list-agents?limit=1&pagination_key=key1',
  ]);
  assert.ok(server.json().every((body) => JSON.stringify(body) === '{"filter_criteria":{"query":"x"}}'));
});

test('a failed list can be caught', async () => {
  const [uponai] = await clientOf([refused(400, 'invalid_request')]);
  assert.equal(await uponai.llm.list().catch((error) => error.code), 'invalid_request');
});

test('files and texts of a knowledge base go as a form', async () => {
  const [uponai, server] = await clientOf([{ status: 201, body: { knowledge_base_id: 'knowledge_base_1' } }]);
  const base = await uponai.knowledgeBase.create({
    knowledge_base_name: 'Opening hours',
    knowledge_base_texts: [{ title: 'Ü', text: '9 to 5' }],
    knowledge_base_files: [new File(['first'], 'a.txt'), new Blob(['second'])],
    enable_auto_refresh: true,
  });
  assert.equal(base.knowledge_base_id, 'knowledge_base_1');
  const [{ headers, body }] = server.seen;
  const form = await new Response(body, { headers: { 'content-type': headers['content-type'] } }).formData();
  assert.equal(form.get('knowledge_base_texts'), '[{"title":"Ü","text":"9 to 5"}]');
  assert.equal(form.get('enable_auto_refresh'), 'true');
  const files = form.getAll('knowledge_base_files');
  assert.deepEqual(await Promise.all(files.map((file) => file.text())), ['first', 'second']);
  assert.equal(files[0].name, 'a.txt');
});

test('ids are one segment; queries leave out what is not given', async () => {
  const [uponai, server] = await clientOf([{ body: {} }, { body: {} }, { status: 204 }]);
  await uponai.phoneNumber.retrieve('+1415/55 #a');
  await uponai.knowledgeBase.deleteSource('source_1', { knowledge_base_id: 'knowledge_base_1' });
  assert.equal(await uponai.agent.deleteVersion('agent_1', { version: 0 }), undefined);
  assert.deepEqual(server.seen.map((one) => one.url), [
    '/prefix/get-phone-number/+1415%2F55%20%23a',
    '/prefix/delete-knowledge-base-source/knowledge_base_1/source/source_1',
    '/prefix/delete-agent-version/agent_1?version=0',
  ]);
  for (const id of ['', '.', '..', undefined]) assert.throws(() => uponai.call.delete(id), TypeError);
});

test('unknown ids are NotFound in both families', async () => {
  for (const status of [404, 422]) {
    const [uponai] = await clientOf([{ status, body: { message: 'Cannot find it.' } }]);
    await assert.rejects(uponai.call.retrieve('c'), (error) => error instanceof NotFound && error.code === 'not_found');
  }
});

test('webhooks are verified on the raw body', () => {
  const body = '{"event":"call_ended","call":{"name":"José 🙂"}}';
  const stamp = 1_700_000_000_000;
  const digest = createHmac('sha256', 'key_1').update(body + stamp).digest('hex');
  const signature = `v=${stamp},d=${digest}`;
  const { webhooks } = new UponAI({ apiKey: 'key_1' });
  for (const given of [body, Buffer.from(body)]) {
    assert.equal(webhooks.verify(given, signature, { nowMs: stamp + 100_000 }), true);
  }
  assert.equal(webhooks.verify(body, signature, { nowMs: stamp + 400_000 }), false);
  assert.equal(webhooks.verify(body, signature, { nowMs: stamp, apiKey: 'other' }), false);
  assert.equal(webhooks.verify(`${body} `, signature, { nowMs: stamp }), false);
  for (const wrong of [undefined, '', 'v=1', ['a', 'b'], `${signature}\n`]) {
    assert.equal(webhooks.verify(body, wrong, { nowMs: stamp }), false);
  }
});

test('a key is needed; the environment may give it', () => {
  assert.equal(Default, UponAI);
  const { UPONAI_API_KEY, RETELL_API_KEY } = process.env;
  delete process.env.UPONAI_API_KEY;
  delete process.env.RETELL_API_KEY;
  assert.throws(() => new UponAI(), { code: 'no_api_key' });
  process.env.RETELL_API_KEY = 'key_2';
  assert.ok(new UponAI());
  Object.assign(process.env, UPONAI_API_KEY ? { UPONAI_API_KEY } : {});
  if (RETELL_API_KEY) process.env.RETELL_API_KEY = RETELL_API_KEY;
  else delete process.env.RETELL_API_KEY;
});
