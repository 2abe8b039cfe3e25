// Made by `python -m sdk.generate`; not edited by hand.

export type * from './types/agent.js';
export type * from './types/agent_2.js';
export type * from './types/batch_call.js';
export type * from './types/call.js';
export type * from './types/carrier.js';
export type * from './types/concurrency.js';
export type * from './types/conversation_flow.js';
export type * from './types/conversation_flow_component.js';
export type * from './types/identity.js';
export type * from './types/knowledge_base.js';
export type * from './types/limits.js';
export type * from './types/llm.js';
export type * from './types/mcp_tool.js';
export type * from './types/phone_number.js';
export type * from './types/shared.js';
export type * from './types/shared_2.js';
export type * from './types/voice.js';
