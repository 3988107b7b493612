// No attacker, but a customer with a valid key who asks for this and that at a steady pace, one after the other, on connections that are kept or `fresh`.
// Reports how long the answers took, and what failed instead.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { url, ms, key, requests, everyMs = 50, isFresh = false } = JSON.parse(process.argv[2]);
const agent = isFresh ? false : new Agent({ keepAlive: true });
const run = `${process.pid}-${Date.now()}`;
const times = [];
const failures = {};

function send({ method = 'GET', path, body }, number) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const bodyHeaders = text === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': `${run}-${number}` };
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, ...bodyHeaders };
    const sent = request(new URL(path, url), { method, agent, timeout: 15_000, headers }, (answer) => {
      answer.on('error', reject).on('end', () => resolve(answer.statusCode));
      answer.resume();
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', reject).end(text);
  });
}

async function once(number) {
  const asked = requests[number % requests.length];
  const began = performance.now();
  const what = await send(asked, number).catch((error) => error.code ?? error.message);
  if (what >= 200 && what < 300) times.push(performance.now() - began);
  else {
    const name = `${asked.method ?? 'GET'} ${asked.path.split('/').at(-1)} ${what}`;
    failures[name] = (failures[name] ?? 0) + 1;
  }
}

const all = [];
const endMs = performance.now() + ms;
for (let number = 0; performance.now() < endMs; number++) {
  all.push(once(number));
  await sleep(everyMs);
}
await Promise.all(all);
times.sort((one, other) => one - other);
const at = (share) => Math.round(times[Math.max(0, Math.ceil(times.length * share) - 1)] ?? 0);
const report = { times: { count: times.length, p50: at(0.5), p99: at(0.99), max: at(1) }, failures };
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
