// Sends bodies over and over, as many at once as there are connections: a list of so many bytes of one `piece`, or `body`. Reports the statuses.
import { request } from 'node:http';

const { url, ms, path, key, connections, piece, bytes, body } = JSON.parse(process.argv[2]);
const text = Buffer.from(body ?? `[${piece.repeat(Math.floor(bytes / piece.length))}0]`);
const headers = { 'content-type': 'application/json', 'content-length': text.length, ...(key ? { authorization: `Bearer ${key}` } : {}) };
const answers = {};
const endMs = performance.now() + ms;
/** A moment between two bodies, ms: the machine has to carry the attackers too. */
const PAUSE_MS = 20;

function send() {
  return new Promise((resolve) => {
    const sent = request(new URL(path, url), {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'idempotency-key': String(Math.random()) },
    });
    sent.on('response', (answer) => {
      answers[answer.statusCode] = (answers[answer.statusCode] ?? 0) + 1;
      answer.on('error', resolve).on('end', resolve).resume();
    });
    sent.on('error', resolve); // the connection of a refused body is closed
    sent.end(text);
  });
}

async function goOn() {
  while (performance.now() < endMs) {
    await send();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

await Promise.race([Promise.all(Array.from({ length: connections }, goOn)), new Promise((resolve) => setTimeout(resolve, ms + 1_000))]);
process.stdout.write(`${JSON.stringify({ answers })}\n`, () => process.exit(0));
