// The real Node retell-sdk against our server, family by family; run by tests/contract/test_node_sdk.py.
// Argument: the family. Reads RETELL_BASE_URL and RETELL_API_KEY. Prints the methods that worked, as JSON.
import assert from 'node:assert/strict';
import Retell from 'retell-sdk';

const worked = new Set();

/** The SDK's client, every method of which notes its name once its promise is fulfilled. */
function noting(client) {
  return new Proxy(client, {
    get(target, resource) {
      const value = target[resource];
      if (value === null || typeof value !== 'object' || !value._client) return value;
      return new Proxy(value, {
        get(inner, method) {
          const call = inner[method];
          if (typeof call !== 'function') return call;
          return async (...given) => {
            const answer = await call.apply(inner, given);
            worked.add(`${String(resource)}.${String(method)}`);
            return answer;
          };
        },
      });
    },
  });
}

const retell = noting(new Retell({ apiKey: process.env.RETELL_API_KEY, maxRetries: 0 }));
const bodies = JSON.parse(process.env.CONTRACT_BODIES);
const to_number = '+14155550199';

/** Field by field: what was sent is read back; objects may hold more than was sent. */
function kept(answer, sent, path = '') {
  for (const [name, value] of Object.entries(sent)) {
    const got = answer[name];
    if (value !== null && typeof value === 'object' && got !== null && typeof got === 'object') {
      if (Array.isArray(value)) assert.equal(got.length, value.length, `${path}/${name}`);
      kept(got, value, `${path}/${name}`);
    } else {
      assert.deepEqual(got, value, `${path}/${name}`);
    }
  }
}

async function fails(promise, type, status) {
  await assert.rejects(promise, (error) => error instanceof type && error.status === status);
}

async function paged(list, id) {
  const ids = [];
  let pagination_key;
  for (;;) {
    const page = await list({ limit: 2, ...(pagination_key && { pagination_key }) });
    assert.ok(page.items.length <= 2);
    ids.push(...page.items.map((item) => item[id]));
    if (!page.has_more) return ids;
    pagination_key = page.pagination_key;
  }
}

async function anAgent(more = {}) {
  const { llm_id } = await retell.llm.create({ general_prompt: 'Be kind.' });
  const response_engine = { type: 'retell-llm', llm_id };
  const { agent_id } = await retell.agent.create({
    response_engine,
    voice_id: bodies.VOICE_ID,
    agent_name: 'Node',
    ...more,
  });
  return agent_id;
}

async function aNumber(phone_number) {
  const outbound_agents = [{ agent_id: await anAgent(), weight: 1 }];
  const termination_uri = 'sip.carrier.example';
  await retell.phoneNumber.import({ phone_number, termination_uri, outbound_agents });
  return phone_number;
}

const families = {
  async configs() {
    const { llm_id } = await retell.llm.create(bodies.LLM);
    kept(await retell.llm.retrieve(llm_id), bodies.LLM);
    const begun = await retell.llm.update(llm_id, { begin_message: null });
    assert.equal(begun.begin_message, undefined);
    assert.ok((await paged((query) => retell.llm.list(query), 'llm_id')).includes(llm_id));

    const sent = { response_engine: { type: 'retell-llm', llm_id }, ...bodies.AGENT };
    const { agent_id } = await retell.agent.create(sent);
    kept(await retell.agent.retrieve(agent_id, { version: 0 }), sent);
    const changed = await retell.agent.update(agent_id, { voice_speed: 0.5, webhook_url: null });
    assert.equal(changed.voice_speed, 0.5);
    assert.equal(changed.webhook_url, undefined);
    assert.ok((await paged((query) => retell.agent.list(query), 'agent_id')).includes(agent_id));

    const { conversation_flow_id } = await retell.conversationFlow.create(bodies.FLOW);
    kept(await retell.conversationFlow.retrieve(conversation_flow_id), bodies.FLOW);
    await retell.conversationFlow.update(conversation_flow_id, { global_prompt: 'Briefer.' });
    const flows = await paged((query) => retell.conversationFlow.list(query), 'conversation_flow_id');
    assert.ok(flows.includes(conversation_flow_id));

    const phone_number = '+14155554001';
    await aNumber(phone_number);
    const number = await retell.phoneNumber.retrieve(phone_number);
    assert.equal(number.sip_outbound_trunk_config.termination_uri, 'sip.carrier.example');
    const named = await retell.phoneNumber.update(phone_number, { nickname: 'Desk' });
    assert.equal(named.nickname, 'Desk');
    const numbers = await paged((query) => retell.phoneNumber.list(query), 'phone_number');
    assert.ok(numbers.includes(phone_number));

    const bought = await retell.phoneNumber.create({ area_code: 415, nickname: 'Bought' });
    assert.equal(bought.phone_number_type, 'retell-twilio');
    await retell.phoneNumber.delete(bought.phone_number);

    const components = retell.conversationFlowComponent;
    const shared = (await components.create(bodies.COMPONENT)).conversation_flow_component_id;
    kept(await components.retrieve(shared), bodies.COMPONENT);
    assert.equal((await components.update(shared, { name: 'Other' })).name, 'Other');
    const all = await paged((query) => components.list(query), 'conversation_flow_component_id');
    assert.ok(all.includes(shared));
    await components.delete(shared);
    await fails(components.retrieve(shared), Retell.NotFoundError, 404);

    const owner = await anAgent();
    assert.equal((await retell.agent.repair(owner)).agent_id, owner);
    await retell.agent.publish(owner, { version: 0, version_title: 'First' });
    const draft = await retell.agent.createVersion(owner, { base_version: 0 });
    assert.deepEqual([draft.version, draft.base_version, draft.is_published], [1, 0, false]);
    const versions = await retell.agent.listVersions(owner, { sort_order: 'ascending' });
    assert.deepEqual(versions.items.map((item) => item.is_published), [true, false]);
    await fails(retell.agent.update(owner, { version: 0, volume: 1 }), Retell.BadRequestError, 400);
    await retell.agent.deleteVersion(owner, { version: 1 });

    await retell.phoneNumber.delete(phone_number);
    await retell.agent.delete(agent_id);
    await retell.llm.delete(llm_id);
    await retell.conversationFlow.delete(conversation_flow_id);
    await fails(retell.agent.retrieve(agent_id), Retell.UnprocessableEntityError, 422);
    await fails(retell.phoneNumber.retrieve(phone_number), Retell.UnprocessableEntityError, 422);
    const gone = retell.conversationFlow.retrieve(conversation_flow_id);
    await fails(gone, Retell.NotFoundError, 404);
  },

  async calls() {
    const from_number = await aNumber('+14155554002');
    const placed = await retell.call.createPhoneCall({ from_number, to_number, ...bodies.CALL });
    assert.equal(placed.call_status, 'registered');
    kept(placed, { from_number, to_number, ...bodies.CALL });
    assert.deepEqual(await retell.call.retrieve(placed.call_id), placed);
    await retell.call.stop(placed.call_id);
    const stopped = await retell.call.retrieve(placed.call_id);
    assert.equal(stopped.disconnection_reason, 'manual_stopped');
    const changed = await retell.call.update(placed.call_id, { metadata: { order: 8 } });
    assert.deepEqual(changed.metadata, { order: 8 });
    await retell.call.createPhoneCall({ from_number, to_number });
    const filter_criteria = { from_number: { type: 'string', op: 'eq', value: from_number } };
    const ids = await paged((body) => retell.call.list({ ...body, filter_criteria }), 'call_id');
    assert.equal(ids.length, 2);
    const agent_id = await anAgent();
    const web = await retell.call.createWebCall({ agent_id, metadata: { order: 9 } });
    assert.ok(web.access_token && web.expires_at > 0);
    assert.equal((await retell.call.retrieve(web.call_id)).call_type, 'web_call');
    const registered = await retell.call.registerPhoneCall({ agent_id, direction: 'inbound' });
    assert.equal(registered.call_status, 'registered');
    const tasks = [{ to_number, ...bodies.CALL }, { to_number: '+14155550142' }];
    const batch = await retell.batchCall.createBatchCall({ from_number, name: 'Node', tasks });
    assert.equal(batch.total_task_count, 2);
    assert.equal((await retell.call.rerunAnalysis(placed.call_id)).call_id, placed.call_id);
    await retell.call.delete(placed.call_id);
    await fails(retell.call.retrieve(placed.call_id), Retell.UnprocessableEntityError, 422);
  },

  /** Against a server that has the five calls of listed.py. */
  async lists() {
    const { BY_START, FILTERS, OLD_FILTERS } = bodies;
    const backwards = [...BY_START].reverse().join('');
    for (const [filter_criteria, expected] of FILTERS) {
      const ids = await paged((body) => retell.call.list({ ...body, filter_criteria }), 'call_id');
      assert.equal(ids.join(''), expected, JSON.stringify(filter_criteria));
    }
    const sort_order = 'ascending';
    const upwards = await paged((body) => retell.call.list({ ...body, sort_order }), 'call_id');
    assert.equal(upwards.join(''), backwards);
    const page = await retell.call.list({ limit: 2, skip: 1, include_total: true });
    assert.equal(page.items.map((call) => call.call_id).join(''), BY_START.slice(1, 3));
    assert.equal(page.total, 5);
    const bare = new Retell({ maxRetries: 0 });
    const old = async (body) => {
      const calls = await bare.post('/v2/list-calls', { body });
      return calls.map((call) => call.call_id).join('');
    };
    for (const [filter_criteria, expected] of OLD_FILTERS) {
      assert.equal(await old({ filter_criteria }), expected, JSON.stringify(filter_criteria));
    }
    assert.equal(await old({ limit: 2, pagination_key: BY_START[1] }), BY_START.slice(2, 4));
    assert.equal(await old({ sort_order }), backwards);
  },

  async knowledge() {
    const created = await retell.knowledgeBase.create({
      knowledge_base_name: 'Opening hours',
      knowledge_base_texts: [{ title: 'Hours', text: 'We open at nine.' }],
      knowledge_base_urls: ['https://www.example.org/faq'],
      knowledge_base_files: [new File(['A check-up is 80.'], 'prices.txt')],
    });
    const { knowledge_base_id } = created;
    const read = await retell.knowledgeBase.retrieve(knowledge_base_id);
    assert.equal(read.status, 'complete');
    const kinds = read.knowledge_base_sources.map((source) => source.type).sort();
    assert.deepEqual(kinds, ['document', 'text', 'url']);
    const listed = await retell.knowledgeBase.list();
    assert.ok(listed.some((base) => base.knowledge_base_id === knowledge_base_id));
    const knowledge_base_urls = ['https://www.example.org/more'];
    const more = await retell.knowledgeBase.addSources(knowledge_base_id, { knowledge_base_urls });
    assert.equal(more.knowledge_base_sources.length, 4);
    const { source_id } = more.knowledge_base_sources[0];
    const fewer = await retell.knowledgeBase.deleteSource(source_id, { knowledge_base_id });
    assert.equal(fewer.knowledge_base_sources.length, 3);
    await retell.knowledgeBase.delete(knowledge_base_id);
    const gone = retell.knowledgeBase.retrieve(knowledge_base_id);
    await fails(gone, Retell.UnprocessableEntityError, 422);
  },

  async mcp() {
    const mcps = [{ name: 'tables', url: process.env.CONTRACT_MCP_URL }];
    const { llm_id } = await retell.llm.create({ mcps });
    const agent_id = await anAgent({ response_engine: { type: 'retell-llm', llm_id } });
    const tools = await retell.mcpTool.getMcpTools(agent_id, { mcp_id: 'tables' });
    assert.deepEqual(tools.map((tool) => tool.name), ['book', 'cancel']);
  },

  async voices() {
    const voice_provider = 'elevenlabs';
    const { voices } = await retell.voice.search({ search_query: 'warm', voice_provider });
    const { provider_voice_id, public_user_id } = voices[0];
    const voice_name = 'Our Ann';
    const given = { provider_voice_id, public_user_id, voice_name, voice_provider };
    assert.equal((await retell.voice.addResource(given)).voice_name, voice_name);
    const files = [new File(['RIFF'], 'boss.wav')];
    const cloned = await retell.voice.clone({ files, voice_name: 'Boss', voice_provider });
    assert.equal((await retell.voice.retrieve(cloned.voice_id)).voice_name, 'Boss');
  },

  async account() {
    assert.equal((await retell.concurrency.retrieve()).concurrency_limit, 20);
    assert.equal((await retell.identity.retrieve()).org_id, 'org_1');
    const voices = await retell.voice.list();
    assert.ok(voices.some((voice) => voice.voice_id === bodies.VOICE_ID));
    assert.equal((await retell.voice.retrieve(bodies.VOICE_ID)).gender, 'female');
  },

  /** Against a server whose concurrency is used up. */
  async errors() {
    await assert.rejects(retell.llm.create({ model_temperature: 7 }), (error) => {
      assert.ok(error instanceof Retell.BadRequestError);
      assert.equal(error.message, '400 request/body/model_temperature must be <= 1');
      assert.equal(error.error.code, 'invalid_request');
      return true;
    });
    const stranger = new Retell({ apiKey: 'key_wrong', maxRetries: 0 });
    await fails(stranger.concurrency.retrieve(), Retell.AuthenticationError, 401);
    const reader = new Retell({ apiKey: process.env.CONTRACT_READER, maxRetries: 0 });
    await fails(reader.llm.create({}), Retell.PermissionDeniedError, 403);
    const once = new Retell({ maxRetries: 0 });
    await assert.rejects(once.knowledgeBase.list(), (error) => {
      assert.ok(error instanceof Retell.InternalServerError);
      assert.equal(error.status, 500);
      assert.deepEqual(Object.keys(error.error), ['status', 'message', 'error_message', 'code']);
      assert.equal(error.error.message, 'An unexpected server error occurred.');
      return true;
    });
    const from_number = await aNumber('+14155554003');
    await assert.rejects(retell.call.createPhoneCall({ from_number, to_number }), (error) => {
      assert.ok(error instanceof Retell.RateLimitError);
      assert.equal(error.error.code, 'rate_limited');
      assert.ok(Number(error.headers.get('retry-after')) <= 60);
      return true;
    });
  },
};

await families[process.argv[2]]();
console.log(JSON.stringify([...worked]));
