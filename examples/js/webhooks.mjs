// Receive webhooks, with the signature checked: node webhooks.mjs PORT
import { createServer } from 'node:http';
import { UponAI } from 'uponai';

const uponai = new UponAI();

const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  if (!uponai.webhooks.verify(body, request.headers['x-uponai-signature'])) {
    response.writeHead(401).end();
    return;
  }
  const told = JSON.parse(body);
  console.log(told.event, told.call.call_id);
  response.writeHead(204).end();
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening on', server.address().port));
