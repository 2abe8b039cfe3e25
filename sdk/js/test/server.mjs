// A server that answers from a list and remembers what it was asked.
import { createServer } from 'node:http';

export async function answering(...answers) {
  const seen = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      const answer = answers.shift() ?? { status: 500, body: { message: 'nothing left to answer' } };
      if (answer.cut) return void request.socket.destroy();
      if (answer.silent) return;
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    seen,
    url: `http://127.0.0.1:${server.address().port}/prefix/`,
    json: () => seen.map((one) => JSON.parse(one.body)),
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

export const soon = { 'retry-after': '0.001' };
export const refused = (status, code, headers = {}) => ({ status, headers, body: { message: 'No.', code } });
