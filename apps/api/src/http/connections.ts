import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ProblemCode, ProblemDetails } from '#contracts';
import { Arrivals } from './arrivals.js';
import { type Connection, connectionOf, cut, type Exchange, isWhole, type Refuse } from './connection.js';
import { endKindly } from './leftovers.js';
import { answerRaw } from './raw-answer.js';

/** Requests of a connection that may wait for the one before them; it ends after those where there are more. */
const PIPELINED_MAX = 32;
/** How often is looked after what takes too long, ms. */
const LOOK_EVERY_MS = 500;
/** A body must arrive at this rate at least, bytes a second, once it has had its time to begin. */
const BODY_RATE_MIN = 16 * 1024;
/** Once the server stops, a client that takes nothing of what was sent is not waited for any longer than this, ms. */
const UNREAD_MS_MAX_STOPPING = 1_000;
/** A connection that has not shown a key may be idle for so long, ms. */
const STRANGER_IDLE_MS_MAX = 10_000;
const MS_PER_SECOND = 1_000;
const UNAUTHORIZED = 401;
/** What is asked by those who look after the process: answered before all else, a few in a turn of the event loop. */
const PROBES = new Set(['/healthz', '/readyz']);
/** What is long to write and open to strangers: one in a turn of the event loop, so that a crowd that asks for it keeps nobody from being let in. */
const LONG_PAGES = /^\/(?:docs|openapi\.json|events\.schema\.json|metrics)\b/;

/** How many connections there may be, and how long what. */
export interface ConnectionLimits {
  readonly connectionsMax: number;
  /** Connections of one address that have not shown a valid key. */
  readonly perAddressMax: number;
  /** What a body may take before it must arrive at the least rate, ms. */
  readonly bodyMs: number;
  /** How long a client may take nothing of what was sent to it, ms. */
  readonly unreadMs: number;
  /** Told of each connection that is refused before it brought a request. @returns what the refusal is known by. */
  readonly onRefused: (code: ProblemCode) => string;
}

/** Serves one request. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Every connection, with the request that it has in hand. One at a time: further ones that a client sends without waiting for the answer wait
 * themselves, and hold nothing. So whatever a request holds is tied to its own answer's end or its connection's, of which one always comes.
 */
export class Connections {
  private readonly all = new Map<Socket, Connection>();
  /** Connections that have not shown a key, by address, in the order in which they came. */
  private readonly strangers = new Map<string, Set<Connection>>();
  private readonly arrivals = new Arrivals();
  /** The same for probes, and for further requests of strangers: they do not wait for connections that come, and none of them for the others. */
  private readonly probes = new Arrivals();
  private readonly further = new Arrivals();
  private readonly pages = new Arrivals(1);
  private readonly expecting = new WeakSet<IncomingMessage>();
  private timer: NodeJS.Timeout | undefined;
  /** Counted by looks, not told by a clock: one that is set forward must not end every connection. */
  private nowMs = 0;
  private inHand = 0;
  private isStopping = false;
  private comings = 0;

  constructor(private readonly limits: ConnectionLimits) {}

  get count(): number {
    return this.all.size;
  }

  /** Requests in hand of all connections. */
  get busyCount(): number {
    return this.inHand;
  }

  /** Connections and requests that have come so far: where it stays the same nothing is on its way. */
  get comingCount(): number {
    return this.comings;
  }

  /** A connection was opened. Where there are too many, the oldest idle one goes, or else the new one. */
  add(socket: Socket): void {
    this.comings += 1;
    const connection = connectionOf(socket, this.nowMs);
    const others = this.strangers.get(connection.address) ?? new Set();
    if (others.size >= this.limits.perAddressMax && !this.makeRoom(others))
      return this.refuseRaw(socket, 'connections_open', TOO_MANY_OF_ADDRESS);
    if (this.all.size >= this.limits.connectionsMax && !this.makeRoom(this.all.values()))
      return this.refuseRaw(socket, 'connections_open', TOO_MANY);
    this.all.set(socket, connection);
    this.strangers.set(connection.address, others.add(connection));
    this.arrivals.came();
    socket.once('close', () => this.remove(connection));
    this.timer ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** Ends the oldest connection that has nothing in hand. @returns whether there was one. */
  private makeRoom(candidates: Iterable<Connection>): boolean {
    for (const connection of candidates) {
      if (connection.current && isWhole(connection.current.request)) continue;
      connection.socket.destroy();
      this.remove(connection);
      return true;
    }
    return false;
  }

  private remove(connection: Connection): void {
    this.all.delete(connection.socket);
    this.forgetStranger(connection);
    connection.waiting.length = 0;
    this.end(connection);
    if (this.all.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private forgetStranger(connection: Connection): void {
    const others = this.strangers.get(connection.address);
    if (!others?.delete(connection)) return;
    if (others.size === 0) this.strangers.delete(connection.address);
  }

  /** The connection has shown a valid key: it no longer counts among the strangers of its address. */
  know(socket: Socket): void {
    const connection = this.all.get(socket);
    if (!connection || connection.isKnown) return;
    connection.isKnown = true;
    this.forgetStranger(connection);
  }

  /** Takes requests in, one after the other where a connection brings more. */
  listener(serve: Serve): Serve {
    return (request, response) => {
      const connection = this.all.get(request.socket);
      if (!connection) return void request.socket.destroy(); // it was never let in
      if (!connection.current && !connection.refusal && !connection.isCut) return this.begin(connection, { request, response }, serve);
      if (connection.waiting.length >= PIPELINED_MAX || connection.refusal || connection.isCut) return cut(connection);
      request.destroy = () => request; // nobody reads it yet: telling it that its connection is gone would cost more than all else
      connection.waiting.push({ request, response });
    };
  }

  private begin(connection: Connection, exchange: Exchange, serve: Serve): void {
    connection.current = exchange;
    connection.sinceMs = this.nowMs;
    connection.bytesAtBegin = connection.socket.bytesRead;
    this.inHand += 1;
    this.comings += 1;
    exchange.response.once('close', () => {
      if (connection.current !== exchange) return;
      this.end(connection);
      if (exchange.response.statusCode === UNAUTHORIZED && connection.waiting.length > 0) cut(connection, 0);
      this.next(connection, serve);
    });
    const run = (): void => serve(exchange.request, exchange.response);
    const isOver = (): boolean => connection.current !== exchange;
    const line = this.lineOf(connection, exchange.request.url ?? '');
    if (line) line.serve(run, isOver);
    else run();
    connection.hasAsked = true;
  }

  /** Where a request waits for its turn; undefined where it need not. */
  private lineOf({ isKnown, hasAsked }: Connection, url: string): Arrivals | undefined {
    if (PROBES.has(url)) return this.probes;
    if (isKnown) return undefined;
    if (LONG_PAGES.test(url)) return this.pages;
    return hasAsked ? this.further : this.arrivals;
  }

  private end(connection: Connection): void {
    if (!connection.current) return;
    connection.current = undefined;
    connection.sinceMs = this.nowMs;
    this.inHand -= 1;
    const { over } = connection;
    connection.over = [];
    for (const each of over) each();
  }

  private next(connection: Connection, serve: Serve): void {
    const { socket, waiting, refusal, isCut } = connection;
    if (socket.destroyed || socket.writableEnded) return;
    const exchange = waiting.shift();
    if (exchange) {
      delete (exchange.request as { destroy?: unknown }).destroy; // its own again
      this.begin(connection, exchange, serve);
    } else if (isCut) endKindly(socket);
    else if (refusal) this.refuseRaw(socket, refusal.code, refusal.details);
  }

  /** Calls back once the request is over: answered, or its connection gone. Exactly once. */
  whenOver(request: IncomingMessage, done: () => void): void {
    const connection = this.all.get(request.socket);
    if (connection?.current?.request === request) connection.over.push(done);
    else if (connection || request.socket.destroyed) done();
    else request.socket.once('close', done);
  }

  /** Ends the connection after its answer: what is left of the body is not waited for. */
  endAfterAnswer({ socket }: IncomingMessage, answer: { header(name: string, value: string): unknown }): void {
    answer.header('connection', 'close');
    if (this.all.has(socket)) socket.destroySoon = () => endKindly(socket);
  }

  /** While a request's body is read: how to end that with a problem. */
  reading(request: IncomingMessage, refuseBody: Refuse): void {
    const current = this.all.get(request.socket)?.current;
    if (current?.request !== request) return;
    current.refuseBody = refuseBody;
    if (this.expecting.delete(request)) current.response.writeContinue();
  }

  /** The client sends the body once it is told to: when somebody reads it. */
  expectContinue(request: IncomingMessage): void {
    this.expecting.add(request);
  }

  /** Refuses what a connection sent that is no request, or none any more, and ends it: after the answer that is under way. */
  refuse(socket: Socket, code: ProblemCode, details: ProblemDetails = {}): void {
    if (socket.destroyed || socket.writableEnded) return;
    const connection = this.all.get(socket);
    const current = connection?.current;
    if (!connection || !current) this.refuseRaw(socket, code, details);
    else if (isWhole(current.request)) connection.refusal ??= { code, details };
    else if (current.response.headersSent) socket.destroy();
    else if (current.refuseBody) current.refuseBody(code, details);
    else this.refuseRaw(socket, code, details);
  }

  private refuseRaw(socket: Socket, code: ProblemCode, details: ProblemDetails): void {
    answerRaw(socket, code, { ...details, requestId: this.limits.onRefused(code) });
  }

  /** From now on idle clients are not waited for, and bodies that are not whole are given up. */
  stop(): void {
    this.isStopping = true;
    for (const { socket, current } of this.all.values()) if (current && !isWhole(current.request)) this.refuse(socket, 'stopping');
  }

  /** Ends every connection that has nothing in hand. */
  endIdle(): void {
    for (const { socket, current, waiting } of this.all.values()) if (!current && waiting.length === 0) socket.destroy();
  }

  endAll(): void {
    for (const { socket } of this.all.values()) socket.destroy();
  }

  /** Ends what takes too long: bodies, answers that nobody reads, strangers who say nothing. */
  private look(): void {
    const nowMs = (this.nowMs += LOOK_EVERY_MS);
    for (const connection of this.all.values()) {
      const { socket, current, sinceMs, isKnown } = connection;
      if (this.isUnread(connection, nowMs)) socket.destroy();
      else if (current && !isWhole(current.request) && this.isSlow(connection, nowMs)) this.refuse(socket, 'request_timeout');
      else if (!current && !isKnown && socket.bytesRead > 0 && nowMs - sinceMs > STRANGER_IDLE_MS_MAX) socket.destroy();
    }
  }

  private isSlow({ socket, sinceMs, bytesAtBegin }: Connection, nowMs: number): boolean {
    const overMs = nowMs - sinceMs - this.limits.bodyMs;
    return overMs > 0 && socket.bytesRead - bytesAtBegin < (overMs / MS_PER_SECOND) * BODY_RATE_MIN;
  }

  private isUnread(connection: Connection, nowMs: number): boolean {
    const { socket } = connection;
    const flushed = socket.bytesWritten - socket.writableLength;
    if (socket.writableLength === 0 || flushed !== connection.flushed) {
      connection.flushed = flushed;
      connection.flushedAtMs = nowMs;
      return false;
    }
    return nowMs - connection.flushedAtMs > (this.isStopping ? UNREAD_MS_MAX_STOPPING : this.limits.unreadMs);
  }
}

const TOO_MANY_OF_ADDRESS = { detail: 'Your address has as many connections without a valid key as it may have.' };
const TOO_MANY = { detail: 'The server has as many connections as it takes.' };
