// Place a call and follow it to its end: node place-call.mjs FROM TO
import { setTimeout as sleep } from 'node:timers/promises';
import { UponAI } from 'uponai';

const uponai = new UponAI();
const [from_number, to_number] = process.argv.slice(2);

let call = await uponai.call.createPhoneCall({
  from_number,
  to_number,
  retell_llm_dynamic_variables: { customer_name: 'Ann' },
});
console.log('placed', call.call_id);

let status;
while (call.call_status === 'registered' || call.call_status === 'ongoing') {
  if (call.call_status !== status) console.log((status = call.call_status));
  await sleep(500);
  call = await uponai.call.retrieve(call.call_id);
}

console.log(call.call_status, call.disconnection_reason);
console.log(call.transcript || 'nobody spoke');
