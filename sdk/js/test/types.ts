// Compiled, never run: what type checkers must accept and must refuse.
import UponAI, { type AgentParams, type CallItem, type Page, RateLimited } from 'uponai';

export async function accepted(uponai: UponAI): Promise<void> {
  const call = await uponai.call.createPhoneCall({ from_number: '+14155550100', to_number: '+14155550123' });
  const status: 'registered' | 'ongoing' | 'ended' | 'not_connected' | 'error' = call.call_status;
  const found = await uponai.call.retrieve(call.call_id);
  const summary: string | null | undefined = found.call_analysis?.call_summary;
  for await (const one of uponai.call.list({ limit: 2, sort_order: 'ascending' })) one.duration_ms?.toFixed();
  const page: Page<CallItem> = await uponai.call.list();
  const agent: AgentParams = { voice_id: 'v', response_engine: { type: 'retell-llm', llm_id: 'llm_1' } };
  await uponai.agent.update('agent_1', { version: 0, agent_name: null, language: ['en-US', 'de-DE'] });
  const valid: boolean = uponai.webhooks.verify('{}', 'v=1,d=2');
  void [status, summary, page.items, agent, valid, RateLimited];
}

export async function refused(uponai: UponAI): Promise<void> {
  // @ts-expect-error: to_number is missing
  await uponai.call.createPhoneCall({ from_number: '+14155550100' });
  // @ts-expect-error: variables are strings
  await uponai.call.createPhoneCall({ from_number: '1', to_number: '2', retell_llm_dynamic_variables: { a: 1 } });
  // @ts-expect-error: no such engine
  await uponai.agent.create({ voice_id: 'v', response_engine: { type: 'other' } });
  // @ts-expect-error: no such order
  uponai.call.list({ sort_order: 'upwards' });
}
