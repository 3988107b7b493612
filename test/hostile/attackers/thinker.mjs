// Keeps asking for what is dear to think about: each request again as soon as it is answered. Reports the statuses that came back to each.
const { url, ms, key, requests } = JSON.parse(process.argv[2]);
const endMs = performance.now() + ms;
const answers = {};
const run = `${process.pid}-${Date.now()}`;
let sent = 0;

async function keepAsking({ name, method, path, body }) {
  while (performance.now() < endMs) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': `${run}-${sent++}` };
    const signal = AbortSignal.timeout(Math.ceil(Math.max(1, endMs - performance.now())));
    const status = await fetch(new URL(path, url), { method, headers, signal, ...(body ? { body: JSON.stringify(body) } : {}) }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 'none', // it may take longer than this process lives
    );
    answers[`${name} ${status}`] = (answers[`${name} ${status}`] ?? 0) + 1;
    if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

await Promise.all(requests.map(keepAsking));
process.stdout.write(`${JSON.stringify({ answers })}\n`, () => process.exit(0));
