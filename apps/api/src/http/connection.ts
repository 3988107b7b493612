import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ProblemCode, ProblemDetails } from '#contracts';
import { addressOf } from './address.js';
import { stopParsing } from './leftovers.js';

/** Ends what is under way with a problem. */
export type Refuse = (code: ProblemCode, details: ProblemDetails) => void;

/** A request with its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Ends the reading of the body with a problem, which is answered as any other. */
  refuseBody?: Refuse;
}

/** What is known of a connection. */
export interface Connection {
  readonly socket: Socket;
  readonly address: string;
  /** It has brought a request before. */
  hasAsked: boolean;
  /** Whether it has shown a valid key. */
  isKnown: boolean;
  /** The request in hand: a connection has one at a time. */
  current: Exchange | undefined;
  readonly waiting: Exchange[];
  /** What to do once the request in hand is over, however that comes. */
  over: (() => void)[];
  /** Whether it ends after what waits: nothing more that it sends is read. */
  isCut: boolean;
  /** A refusal that waits for the answer before it. */
  refusal: { readonly code: ProblemCode; readonly details: ProblemDetails } | undefined;
  sinceMs: number;
  bytesAtBegin: number;
  flushed: number;
  flushedAtMs: number;
}

/** What is known of a connection that was just opened. */
export const connectionOf = (socket: Socket, nowMs: number): Connection => ({
  socket,
  address: addressOf(socket),
  hasAsked: false,
  isKnown: false,
  current: undefined,
  waiting: [],
  over: [],
  isCut: false,
  refusal: undefined,
  sinceMs: nowMs,
  bytesAtBegin: 0,
  flushed: 0,
  flushedAtMs: nowMs,
});

/** Reads no more of a connection, and ends it after so many of its waiting requests. */
export function cut(connection: Connection, after = connection.waiting.length): void {
  connection.isCut = true;
  connection.waiting.length = after;
  stopParsing(connection.socket);
}

/** Whether all of a request has arrived; one without a body has with its headers, though the parser says so a moment later. */
export const isWhole = ({ complete, headers }: IncomingMessage): boolean =>
  complete || (headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) > 0));
