// Made by `python -m sdk.generate`; not edited by hand.

import { type Options, type Pages, Resource, pathOf } from './sending.js';
import type {
  AgentListItem,
  AgentParams,
  AgentResponse,
  AgentUpdateParams,
  AgentVersionItem,
  BatchCallParams,
  BatchCallResponse,
  BatchCsvParams,
  BatchListItem,
  BatchResponse,
  BatchTask,
  CallItem,
  CallResponse,
  CallUpdateParams,
  CarrierAccountPutParams,
  CarrierAccountResponse,
  CommunityVoiceParams,
  ComponentParams,
  ComponentUpdateParams,
  ConcurrencyResponse,
  ConversationFlowComponentResponse,
  ConversationFlowResponse,
  CreateWebCallResponse,
  FlowParams,
  FlowUpdateParams,
  IdentityResponse,
  KnowledgeBaseParams,
  KnowledgeBaseResponse,
  KnowledgeBaseSourcesParams,
  LimitsResponse,
  LimitsUpdateParams,
  ListAgentsParams,
  ListCallsParams,
  LlmParams,
  LlmResponse,
  LlmUpdateParams,
  McpToolResponse,
  NewVersionParams,
  NumberImportParams,
  NumberPurchaseParams,
  NumberUpdateParams,
  PhoneCallParams,
  PhoneNumberResponse,
  PublicationParams,
  RegisteredCallParams,
  VariantsResponse,
  VoiceCloneParams,
  VoiceResponse,
  VoiceSearchParams,
  VoiceSearchResponse,
  WebCallParams,
} from './types.js';

/** `client.call` */
export class Calls extends Resource {
  /** Place an outbound call. The answer comes at once; dialling follows. */
  createPhoneCall(params: PhoneCallParams, options?: Options): Promise<CallResponse> {
    return this.one({ method: 'POST', path: '/v2/create-phone-call', body: params, timeoutMs: 120_000, keyed: true }, options);
  }

  /** Open a call for a browser; the answer says how it connects. */
  createWebCall(params: WebCallParams, options?: Options): Promise<CreateWebCallResponse> {
    return this.one({ method: 'POST', path: '/v3/create-web-call', body: params, once: true }, options);
  }

  /** Announce a call that your own telephony will send to this server. */
  registerPhoneCall(params: RegisteredCallParams, options?: Options): Promise<CallResponse> {
    return this.one({ method: 'POST', path: '/v2/register-phone-call', body: params, once: true }, options);
  }

  /** A call, with transcript, figures and recordings as far as there are any. */
  retrieve(call_id: string, options?: Options): Promise<CallResponse> {
    return this.one({ method: 'GET', path: pathOf('/v2/get-call/{call_id}', { call_id }) }, options);
  }

  /** Calls that fit a filter, without their transcripts. */
  list(params: ListCallsParams = {}, options?: Options): Pages<CallItem> {
    return this.page({ method: 'POST', path: '/v3/list-calls', body: params, timeoutMs: 300_000 }, options);
  }

  /** Change metadata, attributes or storage of a call that has ended. */
  update(call_id: string, params: CallUpdateParams = {}, options?: Options): Promise<CallResponse> {
    return this.one({ method: 'PATCH', path: pathOf('/v2/update-call/{call_id}', { call_id }), body: params }, options);
  }

  /** End a call; one that waits is never dialled. */
  stop(call_id: string, options?: Options): Promise<void> {
    return this.nothing({ method: 'POST', path: pathOf('/v2/stop-call/{call_id}', { call_id }) }, options);
  }

  /** Analyse a finished call again. */
  rerunAnalysis(call_id: string, options?: Options): Promise<CallResponse> {
    return this.one({ method: 'PUT', path: pathOf('/rerun-call-analysis/{call_id}', { call_id }), once: true }, options);
  }

  /** Delete a call with its recordings. */
  delete(call_id: string, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/v2/delete-call/{call_id}', { call_id }) }, options);
  }
}

/** `client.batchCall` */
export class BatchCalls extends Resource {
  /** Place many calls, now or later, within the hours you allow. */
  createBatchCall(params: BatchCallParams, options?: Options): Promise<BatchCallResponse> {
    return this.one({ method: 'POST', path: '/create-batch-call', body: params, timeoutMs: 300_000, once: true }, options);
  }

  /** Place the calls of a CSV file: a header line, then a call per line. */
  createFromCsv(params: BatchCsvParams, options?: Options): Promise<BatchResponse> {
    return this.one({ method: 'POST', path: '/uponai/v1/batches', body: params, timeoutMs: 300_000, once: true, form: true }, options);
  }

  /** The batches, newest first. */
  list(params: { limit?: number; pagination_key?: string; sort_order?: 'ascending' | 'descending' } = {}, options?: Options): Pages<BatchListItem> {
    return this.page({ method: 'GET', path: '/uponai/v1/batches', query: [params, ['limit', 'pagination_key', 'sort_order']] }, options);
  }

  /** A batch: how far it is, and what came of its calls. */
  retrieve(batch_call_id: string, options?: Options): Promise<BatchResponse> {
    return this.one({ method: 'GET', path: pathOf('/uponai/v1/batches/{batch_call_id}', { batch_call_id }) }, options);
  }

  /** The tasks of a batch, each with its last call. */
  listTasks(batch_call_id: string, params: { limit?: number; pagination_key?: string; sort_order?: 'ascending' | 'descending' } = {}, options?: Options): Pages<BatchTask> {
    return this.page({ method: 'GET', path: pathOf('/uponai/v1/batches/{batch_call_id}/tasks', { batch_call_id }), query: [params, ['limit', 'pagination_key', 'sort_order']] }, options);
  }

  /** Begin no further calls until it is resumed. */
  pause(batch_call_id: string, options?: Options): Promise<BatchResponse> {
    return this.one({ method: 'POST', path: pathOf('/uponai/v1/batches/{batch_call_id}/pause', { batch_call_id }) }, options);
  }

  /** Go on with a paused batch. */
  resume(batch_call_id: string, options?: Options): Promise<BatchResponse> {
    return this.one({ method: 'POST', path: pathOf('/uponai/v1/batches/{batch_call_id}/resume', { batch_call_id }) }, options);
  }

  /** Begin no further calls, for good. */
  cancel(batch_call_id: string, options?: Options): Promise<BatchResponse> {
    return this.one({ method: 'POST', path: pathOf('/uponai/v1/batches/{batch_call_id}/cancel', { batch_call_id }) }, options);
  }
}

/** `client.agent` */
export class Agents extends Resource {
  /** Create a voice agent. */
  create(params: AgentParams, options?: Options): Promise<AgentResponse> {
    return this.one({ method: 'POST', path: '/create-agent', body: params, once: true }, options);
  }

  /** An agent, by default its latest version. */
  retrieve(agent_id: string, params: { version?: number | string } = {}, options?: Options): Promise<AgentResponse> {
    return this.one({ method: 'GET', path: pathOf('/get-agent/{agent_id}', { agent_id }), query: [params, ['version']] }, options);
  }

  /** Change a draft, by default the latest. */
  update(agent_id: string, params: AgentUpdateParams & { version?: number | string } = {}, options?: Options): Promise<AgentResponse> {
    return this.one({ method: 'PATCH', path: pathOf('/update-agent/{agent_id}', { agent_id }), body: params, query: [params, ['version']] }, options);
  }

  /** The agents, one slim item each. */
  list(params: ListAgentsParams & { limit?: number; pagination_key?: string; sort_order?: 'ascending' | 'descending' } = {}, options?: Options): Pages<AgentListItem> {
    return this.page({ method: 'POST', path: '/v2/list-agents', body: params, query: [params, ['limit', 'pagination_key', 'sort_order']] }, options);
  }

  /** Delete an agent with all its versions. */
  delete(agent_id: string, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/delete-agent/{agent_id}', { agent_id }) }, options);
  }

  /** Start a new draft from a version. */
  createVersion(agent_id: string, params: NewVersionParams, options?: Options): Promise<AgentResponse> {
    return this.one({ method: 'POST', path: pathOf('/create-agent-version/{agent_id}', { agent_id }), body: params, once: true }, options);
  }

  /** Delete one version. */
  deleteVersion(agent_id: string, params: { version: number }, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/delete-agent-version/{agent_id}', { agent_id }), query: [params, ['version']] }, options);
  }

  /** The versions of an agent. */
  listVersions(agent_id: string, params: { limit?: number; pagination_key?: string; sort_order?: 'ascending' | 'descending' } = {}, options?: Options): Pages<AgentVersionItem> {
    return this.page({ method: 'GET', path: pathOf('/list-agent-versions/{agent_id}', { agent_id }), query: [params, ['limit', 'pagination_key', 'sort_order']] }, options);
  }

  /** Publish a draft as it is: it can no longer be changed. */
  publish(agent_id: string, params: PublicationParams, options?: Options): Promise<void> {
    return this.nothing({ method: 'POST', path: pathOf('/publish-agent-version/{agent_id}', { agent_id }), body: params }, options);
  }

  /** Remove references to what no longer exists. */
  repair(agent_id: string, params: { version?: number | string } = {}, options?: Options): Promise<AgentResponse> {
    return this.one({ method: 'POST', path: pathOf('/repair-agent/{agent_id}', { agent_id }), query: [params, ['version']] }, options);
  }
}

/** `client.llm` */
export class Llms extends Resource {
  /** Create a single- or multi-prompt response engine. */
  create(params: LlmParams = {}, options?: Options): Promise<LlmResponse> {
    return this.one({ method: 'POST', path: '/create-retell-llm', body: params, once: true }, options);
  }

  /** A response engine, by default its latest version. */
  retrieve(llm_id: string, params: { version?: number } = {}, options?: Options): Promise<LlmResponse> {
    return this.one({ method: 'GET', path: pathOf('/get-retell-llm/{llm_id}', { llm_id }), query: [params, ['version']] }, options);
  }

  /** Change a draft, by default the latest. */
  update(llm_id: string, params: LlmUpdateParams & { version?: number } = {}, options?: Options): Promise<LlmResponse> {
    return this.one({ method: 'PATCH', path: pathOf('/update-retell-llm/{llm_id}', { llm_id }), body: params, query: [params, ['version']] }, options);
  }

  /** The response engines. */
  list(params: { limit?: number; pagination_key?: string; sort_order?: 'ascending' | 'descending' } = {}, options?: Options): Pages<LlmResponse> {
    return this.page({ method: 'GET', path: '/v2/list-retell-llms', query: [params, ['limit', 'pagination_key', 'sort_order']] }, options);
  }

  /** Delete a response engine. */
  delete(llm_id: string, params: { force_delete?: boolean } = {}, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/delete-retell-llm/{llm_id}', { llm_id }), query: [params, ['force_delete']] }, options);
  }
}

/** `client.conversationFlow` */
export class ConversationFlows extends Resource {
  /** Create a conversation flow. */
  create(params: FlowParams, options?: Options): Promise<ConversationFlowResponse> {
    return this.one({ method: 'POST', path: '/create-conversation-flow', body: params, once: true }, options);
  }

  /** A flow, by default its latest version. */
  retrieve(conversation_flow_id: string, params: { version?: number } = {}, options?: Options): Promise<ConversationFlowResponse> {
    return this.one({ method: 'GET', path: pathOf('/get-conversation-flow/{flow_id}', { flow_id: conversation_flow_id }), query: [params, ['version']] }, options);
  }

  /** Change a draft, by default the latest. */
  update(conversation_flow_id: string, params: FlowUpdateParams & { version?: number } = {}, options?: Options): Promise<ConversationFlowResponse> {
    return this.one({ method: 'PATCH', path: pathOf('/update-conversation-flow/{flow_id}', { flow_id: conversation_flow_id }), body: params, query: [params, ['version']] }, options);
  }

  /** The flows. */
  list(params: { limit?: number; pagination_key?: string; sort_order?: 'ascending' | 'descending' } = {}, options?: Options): Pages<ConversationFlowResponse> {
    return this.page({ method: 'GET', path: '/v2/list-conversation-flows', query: [params, ['limit', 'pagination_key', 'sort_order']] }, options);
  }

  /** Delete a flow with all its versions. */
  delete(conversation_flow_id: string, params: { force_delete?: boolean } = {}, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/delete-conversation-flow/{flow_id}', { flow_id: conversation_flow_id }), query: [params, ['force_delete']] }, options);
  }
}

/** `client.conversationFlowComponent` */
export class ConversationFlowComponents extends Resource {
  /** Create a component that flows share. */
  create(params: ComponentParams, options?: Options): Promise<ConversationFlowComponentResponse> {
    return this.one({ method: 'POST', path: '/create-conversation-flow-component', body: params, once: true }, options);
  }

  /** A shared component. */
  retrieve(conversation_flow_component_id: string, options?: Options): Promise<ConversationFlowComponentResponse> {
    return this.one({ method: 'GET', path: pathOf('/get-conversation-flow-component/{component_id}', { component_id: conversation_flow_component_id }) }, options);
  }

  /** Change a shared component. */
  update(conversation_flow_component_id: string, params: ComponentUpdateParams = {}, options?: Options): Promise<ConversationFlowComponentResponse> {
    return this.one({ method: 'PATCH', path: pathOf('/update-conversation-flow-component/{component_id}', { component_id: conversation_flow_component_id }), body: params }, options);
  }

  /** The shared components. */
  list(params: { limit?: number; pagination_key?: string; sort_order?: 'ascending' | 'descending' } = {}, options?: Options): Pages<ConversationFlowComponentResponse> {
    return this.page({ method: 'GET', path: '/v2/list-conversation-flow-components', query: [params, ['limit', 'pagination_key', 'sort_order']] }, options);
  }

  /** Delete a shared component; flows that use it get a copy. */
  delete(conversation_flow_component_id: string, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/delete-conversation-flow-component/{component_id}', { component_id: conversation_flow_component_id }) }, options);
  }
}

/** `client.phoneNumber` */
export class PhoneNumbers extends Resource {
  /** Buy a number and bind agents to it. */
  create(params: NumberPurchaseParams = {}, options?: Options): Promise<PhoneNumberResponse> {
    return this.one({ method: 'POST', path: '/create-phone-number', body: params, once: true }, options);
  }

  /** Bring a number of your own SIP trunk and bind agents to it. */
  import(params: NumberImportParams, options?: Options): Promise<PhoneNumberResponse> {
    return this.one({ method: 'POST', path: '/import-phone-number', body: params, once: true }, options);
  }

  /** A number. */
  retrieve(phone_number: string, options?: Options): Promise<PhoneNumberResponse> {
    return this.one({ method: 'GET', path: pathOf('/get-phone-number/{phone_number}', { phone_number }) }, options);
  }

  /** Change a number's agents, trunk or limits. */
  update(phone_number: string, params: NumberUpdateParams = {}, options?: Options): Promise<PhoneNumberResponse> {
    return this.one({ method: 'PATCH', path: pathOf('/update-phone-number/{phone_number}', { phone_number }), body: params }, options);
  }

  /** The numbers. */
  list(params: { limit?: number; pagination_key?: string; sort_order?: 'ascending' | 'descending' } = {}, options?: Options): Pages<PhoneNumberResponse> {
    return this.page({ method: 'GET', path: '/v2/list-phone-numbers', query: [params, ['limit', 'pagination_key', 'sort_order']] }, options);
  }

  /** Remove a number. */
  delete(phone_number: string, params: { release?: boolean } = {}, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/delete-phone-number/{phone_number}', { phone_number }), query: [params, ['release']] }, options);
  }

  /** How the agents bound to a number compare. */
  variants(phone_number: string, options?: Options): Promise<VariantsResponse> {
    return this.one({ method: 'GET', path: pathOf('/uponai/v1/numbers/{phone_number}/variants', { phone_number }) }, options);
  }
}

/** `client.voice` */
export class Voices extends Resource {
  /** A voice. */
  retrieve(voice_id: string, options?: Options): Promise<VoiceResponse> {
    return this.one({ method: 'GET', path: pathOf('/get-voice/{voice_id}', { voice_id }) }, options);
  }

  /** The voices that agents may have. */
  list(options?: Options): Promise<VoiceResponse[]> {
    return this.many({ method: 'GET', path: '/list-voices' }, options);
  }

  /** Add a voice of a vendor's community to yours. */
  addResource(params: CommunityVoiceParams, options?: Options): Promise<VoiceResponse> {
    return this.one({ method: 'POST', path: '/add-community-voice', body: params, once: true }, options);
  }

  /** Search a vendor's community voices. */
  search(params: VoiceSearchParams, options?: Options): Promise<VoiceSearchResponse> {
    return this.one({ method: 'POST', path: '/search-community-voice', body: params }, options);
  }

  /** Make a voice from recordings. */
  clone(params: VoiceCloneParams, options?: Options): Promise<VoiceResponse> {
    return this.one({ method: 'POST', path: '/clone-voice', body: params, timeoutMs: 300_000, once: true, form: true }, options);
  }
}

/** `client.knowledgeBase` */
export class KnowledgeBases extends Resource {
  /** Create a knowledge base from texts, web pages and files. */
  create(params: KnowledgeBaseParams, options?: Options): Promise<KnowledgeBaseResponse> {
    return this.one({ method: 'POST', path: '/create-knowledge-base', body: params, timeoutMs: 300_000, once: true, form: true }, options);
  }

  /** A knowledge base. */
  retrieve(knowledge_base_id: string, options?: Options): Promise<KnowledgeBaseResponse> {
    return this.one({ method: 'GET', path: pathOf('/get-knowledge-base/{knowledge_base_id}', { knowledge_base_id }) }, options);
  }

  /** The knowledge bases. */
  list(options?: Options): Promise<KnowledgeBaseResponse[]> {
    return this.many({ method: 'GET', path: '/list-knowledge-bases' }, options);
  }

  /** Delete a knowledge base. */
  delete(knowledge_base_id: string, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/delete-knowledge-base/{knowledge_base_id}', { knowledge_base_id }) }, options);
  }

  /** Add texts, web pages and files. */
  addSources(knowledge_base_id: string, params: KnowledgeBaseSourcesParams = {}, options?: Options): Promise<KnowledgeBaseResponse> {
    return this.one({ method: 'POST', path: pathOf('/add-knowledge-base-sources/{knowledge_base_id}', { knowledge_base_id }), body: params, timeoutMs: 300_000, once: true, form: true }, options);
  }

  /** Delete one source; the answer is the knowledge base without it. */
  deleteSource(source_id: string, params: { knowledge_base_id: string }, options?: Options): Promise<KnowledgeBaseResponse> {
    return this.one({ method: 'DELETE', path: pathOf('/delete-knowledge-base-source/{knowledge_base_id}/source/{source_id}', { source_id, knowledge_base_id: params.knowledge_base_id }) }, options);
  }
}

/** `client.mcpTool` */
export class McpTools extends Resource {
  /** The tools that an agent's MCP server offers. */
  getMcpTools(agent_id: string, params: { mcp_id: string; component_id?: string; version?: number | string }, options?: Options): Promise<McpToolResponse[]> {
    return this.many({ method: 'GET', path: pathOf('/get-mcp-tools/{agent_id}', { agent_id }), query: [params, ['mcp_id', 'component_id', 'version']] }, options);
  }
}

/** `client.concurrency` */
export class Concurrencies extends Resource {
  /** How many calls run, and how many may. */
  retrieve(options?: Options): Promise<ConcurrencyResponse> {
    return this.one({ method: 'GET', path: '/get-concurrency' }, options);
  }
}

/** `client.limits` */
export class Limitss extends Resource {
  /** The workspace's limits, and how much of them is in use. */
  retrieve(options?: Options): Promise<LimitsResponse> {
    return this.one({ method: 'GET', path: '/uponai/v1/limits' }, options);
  }

  /** Change limits; null goes back to the installation's own. */
  update(params: LimitsUpdateParams = {}, options?: Options): Promise<LimitsResponse> {
    return this.one({ method: 'PATCH', path: '/uponai/v1/limits', body: params }, options);
  }
}

/** `client.carrier` */
export class Carriers extends Resource {
  /** Whose account with each carrier numbers are bought through. */
  list(options?: Options): Promise<CarrierAccountResponse[]> {
    return this.many({ method: 'GET', path: '/uponai/v1/carriers' }, options);
  }

  /** Bring an account of your own with a carrier; it is verified first. */
  set(carrier: string, params: CarrierAccountPutParams = {}, options?: Options): Promise<CarrierAccountResponse> {
    return this.one({ method: 'PUT', path: pathOf('/uponai/v1/carriers/{carrier}', { carrier }), body: params }, options);
  }

  /** Forget your own account with a carrier. */
  remove(carrier: string, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/uponai/v1/carriers/{carrier}', { carrier }) }, options);
  }
}

/** `client.doNotCall` */
export class DoNotCalls extends Resource {
  /** Never call this number again. */
  add(phone_number: string, options?: Options): Promise<void> {
    return this.nothing({ method: 'PUT', path: pathOf('/uponai/v1/do-not-call/{phone_number}', { phone_number }) }, options);
  }

  /** Allow calls to this number again. */
  remove(phone_number: string, options?: Options): Promise<void> {
    return this.nothing({ method: 'DELETE', path: pathOf('/uponai/v1/do-not-call/{phone_number}', { phone_number }) }, options);
  }
}

/** `client.identity` */
export class Identities extends Resource {
  /** The key and its workspace. */
  retrieve(options?: Options): Promise<IdentityResponse> {
    return this.one({ method: 'GET', path: '/get-api-key-info' }, options);
  }
}

/** Every resource of the client. */
export abstract class Resources {
  readonly call: Calls;
  readonly batchCall: BatchCalls;
  readonly agent: Agents;
  readonly llm: Llms;
  readonly conversationFlow: ConversationFlows;
  readonly conversationFlowComponent: ConversationFlowComponents;
  readonly phoneNumber: PhoneNumbers;
  readonly voice: Voices;
  readonly knowledgeBase: KnowledgeBases;
  readonly mcpTool: McpTools;
  readonly concurrency: Concurrencies;
  readonly limits: Limitss;
  readonly carrier: Carriers;
  readonly doNotCall: DoNotCalls;
  readonly identity: Identities;

  constructor(sender: ConstructorParameters<typeof Resource>[0]) {
    this.call = new Calls(sender);
    this.batchCall = new BatchCalls(sender);
    this.agent = new Agents(sender);
    this.llm = new Llms(sender);
    this.conversationFlow = new ConversationFlows(sender);
    this.conversationFlowComponent = new ConversationFlowComponents(sender);
    this.phoneNumber = new PhoneNumbers(sender);
    this.voice = new Voices(sender);
    this.knowledgeBase = new KnowledgeBases(sender);
    this.mcpTool = new McpTools(sender);
    this.concurrency = new Concurrencies(sender);
    this.limits = new Limitss(sender);
    this.carrier = new Carriers(sender);
    this.doNotCall = new DoNotCalls(sender);
    this.identity = new Identities(sender);
  }
}
