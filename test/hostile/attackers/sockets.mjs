// Opens so many connections, each with the same bytes (`text`, repeated `times`), and keeps them open to the end; a closed one is opened again, where asked for.
// With `hangUpMs` each is closed after so long; with `perSecond` no more than so many are dialled in a second at first. Reports how many were opened, and the status lines that came back.
import { connect } from 'node:net';

const { url, ms, connections, text, times = 1, hangUpMs, again = false, perSecond = Infinity } = JSON.parse(process.argv[2]);
const { hostname, port } = new URL(url);
const bytes = Buffer.from(text.repeat(times));
const answers = {};
let opened = 0;
let isOver = false;
const open = new Set();

function dial() {
  opened += 1;
  const socket = connect(Number(port), hostname);
  open.add(socket);
  socket.on('connect', () => socket.write(bytes));
  socket.on('data', (data) => {
    for (const [, status] of data.toString('latin1').matchAll(/HTTP\/1\.1 (\d{3})/g)) answers[status] = (answers[status] ?? 0) + 1;
  });
  socket.on('error', () => undefined); // a reset is what an attacker expects
  socket.on('close', () => {
    open.delete(socket);
    if (again && !isOver) setTimeout(dial, 20);
  });
  if (hangUpMs !== undefined) setTimeout(() => socket.destroy(), hangUpMs);
}

for (let index = 0; index < connections; index++) setTimeout(dial, (index / perSecond) * 1_000);
setTimeout(() => {
  isOver = true;
  process.stdout.write(`${JSON.stringify({ opened, stillOpen: open.size, answers })}\n`, () => process.exit(0));
}, ms);
