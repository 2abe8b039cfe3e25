// The guide's retry loop with a JavaScript client: a burst, then a steady stream (see ../retry.py).
// Arguments: the package or its entry file, base URL, key, from-number. Prints what became of every wish, as JSON.
const [from, baseURL, apiKey, from_number] = process.argv.slice(2);
const client = await import(from);
const Client = client.UponAI ?? client.default;

const TRIES = 3;
const BURST = 6;
const [STREAM, PER_S] = [30, 10];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function placed(retell, to_number) {
  let code;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      const call = await retell.call.createPhoneCall({ from_number, to_number });
      return { to: to_number, call_id: call.call_id, code: null, tries: attempt + 1 };
    } catch (error) {
      code = error.code ?? error.error?.code;
      if (code !== 'rate_limited') throw error;
      if (attempt < TRIES - 1) await sleep(1000 * 2 ** attempt);
    }
  }
  return { to: to_number, call_id: null, code, tries: TRIES };
}

const patient = new Client({ apiKey, baseURL });
const plain = new Client({ apiKey, baseURL, maxRetries: 0 });
const all = (count, make) => Promise.all(Array.from({ length: count }, (_, n) => make(n)));

const burst = await all(BURST, (n) => placed(patient, `+1415555020${n}`));
await sleep(1100);
const began = performance.now();
const stream = await all(STREAM, async (n) => {
  await sleep((1000 * n) / PER_S);
  return placed(plain, `+141555503${String(n).padStart(2, '0')}`);
});
const stream_s = (performance.now() - began) / 1000;
console.log(JSON.stringify({ burst, stream, stream_s }));
