import type { Socket } from 'node:net';

/** How long a connection that was answered in spite of what it still sends is read on, ms: it is reset otherwise, and the answer with it. */
const LINGER_MS = 1_000;
/** One read of at most 64 KiB in so many ms, of all such connections in turn: what nobody wants must not take the time of those who wait. */
const READ_EVERY_MS = 2;

/** Connections that were answered before they had sent everything, in the order of their next read. */
const unread: Socket[] = [];
let timer: NodeJS.Timeout | undefined;

/** Ends a connection once what was written is out and its client has had time to read it; what the client still sends is read slowly, and dropped. */
export function endKindly(socket: Socket): void {
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(linger));
  socket.once('end', () => socket.destroy());
  socket.on('data', () => readLater(socket));
  socket.end();
  readLater(socket);
}

function readLater(socket: Socket): void {
  socket.pause();
  unread.push(socket);
  timer ??= setInterval(readOne, READ_EVERY_MS);
}

function readOne(): void {
  let socket = unread.shift();
  while (socket?.destroyed) socket = unread.shift();
  socket?.resume();
  if (unread.length > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/** What Node parses a connection's requests with: it stops, as before an upgrade, where this answers 2. */
interface Parser {
  onIncoming: () => number;
}

/** Reads nothing more of a connection, and parses nothing more of what was read already, which may be hundreds of requests. */
export function stopParsing(socket: Socket & { readonly parser?: Parser | null }): void {
  if (socket.parser) socket.parser.onIncoming = () => 2;
  socket.pause();
}
