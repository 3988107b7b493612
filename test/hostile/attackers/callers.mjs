// Asks the same with each of many keys, over and over, as fast as the answers come. Reports the statuses.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { url, ms, path, keys } = JSON.parse(process.argv[2]);
/** After each answer, ms: the machine has to carry the attackers too. */
const PAUSE_MS = 25;
const agent = new Agent({ keepAlive: true });
const statuses = {};
const beganMs = performance.now();

const ask = (key) =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { agent, headers: { authorization: `Bearer ${key}` } }, (answer) => {
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
      answer.on('end', resolve).on('error', reject).resume();
    });
    sent.on('error', reject).end();
  });

async function goOn(key) {
  while (performance.now() < beganMs + ms) {
    await ask(key);
    await sleep(PAUSE_MS);
  }
}

await Promise.all(keys.map(goOn));
process.stdout.write(`${JSON.stringify({ statuses, seconds: (performance.now() - beganMs) / 1_000 })}\n`, () => process.exit(0));
