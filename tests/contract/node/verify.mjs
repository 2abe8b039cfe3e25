// Verifies webhooks with the SDK's own function: reads {body, signature, key}[] as JSON from stdin.
import Retell from 'retell-sdk';

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const received = JSON.parse(Buffer.concat(chunks).toString('utf8'));
const verdicts = [];
for (const { body, signature, key } of received) {
  verdicts.push(await Retell.verify(body, key, signature));
}
console.log(JSON.stringify(verdicts));
