// The guide's snippet, with the real retell-sdk: place a call, follow it to its end, verify a webhook.
// Reads RETELL_BASE_URL and RETELL_API_KEY from the environment; arguments: from, to. Prints JSON.
import Retell from 'retell-sdk';

const [from_number, to_number] = process.argv.slice(2);
const retell = new Retell({ apiKey: process.env.RETELL_API_KEY });

const placed = await retell.call.createPhoneCall({
  from_number,
  to_number,
  metadata: { order: 7 },
  retell_llm_dynamic_variables: { customer_name: 'Ann' },
});

const deadline = Date.now() + 90_000;
let call = placed;
while (!['ended', 'not_connected', 'error'].includes(call.call_status) || !call.call_analysis) {
  if (Date.now() > deadline) throw new Error(`call is still ${call.call_status}`);
  await new Promise((resolve) => setTimeout(resolve, 250));
  call = await retell.call.retrieve(placed.call_id);
}
const recording = call.recording_url ? await fetch(call.recording_url) : undefined;
const audio = recording ? new Uint8Array(await recording.arrayBuffer()) : new Uint8Array();

const body = JSON.stringify({ event: 'call_ended', call: { call_id: placed.call_id } });
const signature = await Retell.sign(body, process.env.RETELL_API_KEY);
const verified = await Retell.verify(body, process.env.RETELL_API_KEY, signature);

console.log(JSON.stringify({ placed, call, recording_bytes: audio.length, verified }));
