import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ProblemCode, ProblemDetails } from '#contracts';
import { at } from '#units';
import type { Connections, Serve } from './connections.js';

/** The headers of a request must have arrived within this, ms. */
const HEADERS_MS_MAX = 10_000;
const LOOK_EVERY_MS = 1_000;
/** How long a connection that has shown a key may be idle, ms. */
const IDLE_MS_MAX = 72_000;

/** What the parser says of bytes that it cannot read. */
interface ParserError extends Error {
  readonly code?: string;
  readonly reason?: string;
  /** The bytes that it was given, and how many of them it had read. */
  readonly rawPacket?: unknown;
  readonly bytesParsed?: number;
}

/** What the parser says, by its code. */
const CODE_OF: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  HPE_INVALID_VERSION: 'http_version_unsupported',
};

/** The HTTP server: every connection and request goes through `connections`, and whatever is no request is refused with a problem. */
export function createHttpServer(serve: Serve, connections: Connections): Server {
  const listener = connections.listener(serve);
  const server = createServer(
    {
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: 0, // bodies are looked after by `connections`, which knows how fast they come
      connectionsCheckingInterval: LOOK_EVERY_MS,
      keepAliveTimeout: IDLE_MS_MAX,
      requireHostHeader: false, // refused by us, with a problem
      noDelay: true,
    },
    listener,
  );
  server.prependListener('connection', (socket: Socket) => connections.add(socket));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    connections.expectContinue(request);
    listener(request, response);
  });
  server.on('checkExpectation', ({ socket, url }: IncomingMessage) => connections.refuse(socket, 'expectation_failed', instanceAt(url)));
  server.on('connect', ({ url }: IncomingMessage, socket: Socket) =>
    connections.refuse(socket, 'method_not_allowed', { detail: 'This is not a proxy.', ...instanceAt(url) }),
  );
  return server;
}

/** Answers what the parser could not read. */
export function refuseUnread(connections: Connections) {
  return (error: ParserError, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const code = CODE_OF[error.code ?? ''] ?? 'malformed_request';
    const details: ProblemDetails = code === 'malformed_request' ? { detail: error.reason ?? error.message } : {};
    connections.refuse(socket, code, { ...details, ...instanceAt(targetIn(error)) });
  };
}

const instanceAt = (url: string | undefined): ProblemDetails => (url === undefined ? {} : { instance: at(url.split('?', 1), 0) });

/** A request line, as far as the parser came. What an address may not hold is written as an escape. */
const REQUEST_LINE = /^[A-Z-]+ +([^\s?]+)/;

/** The address of the request that could not be read, where its line came with the same bytes. */
function targetIn({ rawPacket, bytesParsed = 0 }: ParserError): string | undefined {
  if (!Buffer.isBuffer(rawPacket)) return undefined;
  const begin = rawPacket.lastIndexOf('\r\n\r\n', Math.max(0, bytesParsed - 1));
  const text = rawPacket.toString('latin1', begin < 0 ? 0 : begin + 4);
  return REQUEST_LINE.exec(text)?.[1]?.replaceAll(/[^!-~]/g, (byte) => encodeByte(byte.charCodeAt(0)));
}

const encodeByte = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
