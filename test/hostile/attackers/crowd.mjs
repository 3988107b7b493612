// Asks for the same over so many connections, each again as soon as it is answered. Reports the answers by what was asked and their status, how many of
// those that say to come back (429, 503) were problems that name when, and the titles.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { url, ms, key, connections, method = 'GET', path, body, pauseMs = 20 } = JSON.parse(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const text = body === undefined ? undefined : JSON.stringify(body);
const answers = {};
const titles = {};
const count = (counts, what) => (counts[what] = (counts[what] ?? 0) + 1);
const endMs = performance.now() + ms;
const run = `${process.pid}-${Date.now()}`;
let number = 0;

function ask() {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'idempotency-key': `${run}-${number++}` }),
  };
  return new Promise((resolve) => {
    const sent = request(new URL(path, url), { agent, method, headers }, (answer) => {
      let received = '';
      answer.on('data', (data) => (received += answer.statusCode < 400 ? '' : data));
      answer.on('error', resolve);
      answer.on('end', () => {
        count(answers, answer.statusCode);
        if (answer.statusCode >= 400) count(titles, `${JSON.parse(received).title}, ${answer.headers['retry-after'] ?? 'no'} s`);
        resolve(answer.statusCode);
      });
    });
    sent.on('error', () => (count(answers, 'none'), resolve('none')));
    sent.end(text);
  });
}

async function goOn() {
  while (performance.now() < endMs) if ((await ask()) >= 400) await sleep(pauseMs);
}

await Promise.race([Promise.all(Array.from({ length: connections }, goOn)), sleep(ms + 1_000)]);
process.stdout.write(`${JSON.stringify({ answers, titles })}\n`, () => process.exit(0));
