// A customer with a valid key, in a process of its own: bids and asks for health at a steady pace, whatever becomes of the answers before.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const BID_EVERY_MS = 40;
const PROBE_EVERY_MS = 50;
const ANSWER_MS_MAX = 15_000;

const { url, key, path, job, ms, quietMs } = JSON.parse(process.argv[2]);
const agent = new Agent({ keepAlive: true });
const failures = {};
const fail = (what) => (failures[what] = (failures[what] ?? 0) + 1);

/** Sends a request. @returns its status, and how long that took in ms. */
function send(target, { body, ...options }) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(new URL(target, url), { timeout: ANSWER_MS_MAX, ...options }, (answer) => {
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode, ms: performance.now() - began }));
      answer.resume();
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Goes on at its pace for the whole time. @returns the times of what was answered with 200: sent while it was quiet, and after. */
async function keepOn(what, everyMs, once) {
  const quiet = [];
  const times = [];
  const all = [];
  const quietEndMs = performance.now() + quietMs;
  const endMs = performance.now() + ms;
  for (let number = 0; performance.now() < endMs; number++) {
    const sink = performance.now() < quietEndMs ? quiet : times;
    const one = once(number)
      .then(({ status, ms: took }) => (status === 200 ? sink.push(took) : fail(`${what} ${status}`)))
      .catch((error) => fail(`${what} ${error.code ?? error.message}`));
    all.push(one);
    await sleep(everyMs);
  }
  await Promise.all(all);
  return { quiet: timesOf(quiet), times: timesOf(times) };
}

function timesOf(times) {
  times.sort((one, other) => one - other);
  const at = (share) => Math.round(times[Math.max(0, Math.ceil(times.length * share) - 1)] ?? 0);
  return { count: times.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

const body = JSON.stringify(job);
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', prefer: 'wait=10' };
const run = `${process.pid}-${Date.now()}`;
const bid = (number) => send(path, { method: 'POST', agent, body, headers: { ...headers, 'idempotency-key': `${run}-${number}` } });
/** On a connection of its own, as balancers do. */
const probe = () => send('/healthz', { method: 'GET', agent: false });

const [bids, health] = await Promise.all([keepOn('bid', BID_EVERY_MS, bid), keepOn('healthz', PROBE_EVERY_MS, probe)]);
const report = { bids: bids.times, health: health.times, quiet: { bids: bids.quiet, health: health.quiet }, failures };
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
