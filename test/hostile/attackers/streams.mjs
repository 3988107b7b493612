// Opens one event stream after a while, as anyone may, and says how it was answered.
const { url, path, key, atMs, ms } = JSON.parse(process.argv[2]);
const abort = new AbortController();
const answers = {};

setTimeout(() => {
  fetch(new URL(path, url), { headers: { authorization: `Bearer ${key}` }, signal: abort.signal }).then(
    ({ status }) => (answers[status] = 1),
    (error) => (answers[error.message] = 1),
  );
}, atMs);
setTimeout(() => {
  process.stdout.write(`${JSON.stringify({ answers })}\n`, () => process.exit(0));
}, ms);
