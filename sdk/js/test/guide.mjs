// The guide's calls against a real server; run by tests/sdk_js. Arguments: from, to. Prints JSON.
import { UponAI } from 'uponai';

const uponai = new UponAI({ apiKey: process.env.UPONAI_API_KEY });
const [from_number, to_number] = process.argv.slice(2);

// The guide's nine parameters.
const [agent] = (await uponai.agent.list()).items;
const placed = await uponai.call.createPhoneCall({
  from_number,
  to_number,
  override_agent_id: agent.agent_id,
  override_agent_version: 0,
  agent_override: { agent: { voice_speed: 1.1 } },
  metadata: { order: 7 },
  retell_llm_dynamic_variables: { customer_name: 'Ann' },
  custom_sip_headers: { 'X-Order': '7' },
  ignore_e164_validation: false,
});
const read = await uponai.call.retrieve(placed.call_id);

let created = 1;
let refused;
while (refused === undefined && created < 100) {
  try {
    await uponai.call.createPhoneCall({ from_number, to_number }, { maxRetries: 0 });
    created += 1;
  } catch (error) {
    if (error.code === 'rate_limited') {
      refused = { code: error.code, status: error.status, waits: error.retryAfter > 0 };
    } else {
      throw error;
    }
  }
}

// The guide's loop: three tries, the wait doubles (from one second there).
const waits = [];
async function callWithRetry(parameters, tries = 3) {
  let delay = 1;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    try {
      return await uponai.call.createPhoneCall(parameters, { maxRetries: 0 });
    } catch (error) {
      if (error.code === 'rate_limited') {
        waits.push(delay);
        await new Promise((resolve) => setTimeout(resolve, delay));
        delay *= 2;
      }
    }
  }
}
await callWithRetry({ from_number, to_number });

let listed = 0;
for await (const call of uponai.call.list({ limit: 7 })) listed += call.call_type === 'phone_call' ? 1 : 0;
const unknown = await uponai.call.retrieve('call_0').catch((error) => [error.name, error.status]);
for await (const call of uponai.call.list()) await uponai.call.stop(call.call_id);

console.log(JSON.stringify({ placed, read, created, listed, refused, waits, unknown }));
