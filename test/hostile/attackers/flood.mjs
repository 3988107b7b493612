// A bidder that sends bulks of bids, so many at a time and one after the other, as fast as they are answered, to `path` or to `paths` in turn. Reports the answers to its bids: `202` for
// one that was stored, else the status of its problem; and of whole requests that were turned away.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { url, ms, key, path, paths = [path], jobs, bids = 1000, connections = 2 } = JSON.parse(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const answers = {};
const count = (what, times = 1) => (answers[what] = (answers[what] ?? 0) + times);
const run = `${process.pid}-${Date.now()}`;
let number = 0;
let bulks = 0;

function bulk() {
  const items = Array.from({ length: bids }, () => ({ ...jobs[number % jobs.length], idempotencyKey: `${run}-${number++}` }));
  const body = JSON.stringify({ bids: items });
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(new URL(paths[bulks++ % paths.length], url), { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.on('data', (data) => (text += data));
      answer.on('end', () => {
        if (answer.statusCode !== 200) count(`whole ${answer.statusCode}`);
        else for (const { status, problem } of JSON.parse(text).results) count(status === 'queued' ? '202' : String(problem.status));
        resolve();
      });
      answer.on('error', resolve);
    });
    sent.on('error', () => (count('no answer'), resolve()));
    sent.end(body);
  });
}

const endMs = performance.now() + ms;
const line = async () => {
  while (performance.now() < endMs) {
    await bulk();
    await sleep(1);
  }
};
await Promise.race([Promise.all(Array.from({ length: connections }, line)), sleep(ms + 5_000)]);
process.stdout.write(`${JSON.stringify(answers)}\n`);
process.exit(0);
