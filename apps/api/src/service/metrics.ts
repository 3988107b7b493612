import type { FastifyInstance } from 'fastify';
import { ProcessReport } from '#runtime';
import type { Logger } from 'pino';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Reply } from '../http/reply.js';

/** Figures of this process, beside what every process says of itself. No label holds a key, an id or anything else a caller chose. */
export class Metrics extends ProcessReport {
  private readonly requests = new Histogram({
    name: 'eris_http_request_seconds',
    help: 'Time to answer, by method, route and status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
    registers: [this.registry],
  });
  private readonly accepts = new Histogram({
    name: 'eris_accept_seconds',
    help: 'Time to take a bid in, its commit included, by outcome.',
    labelNames: ['outcome'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });
  private readonly statements = new Histogram({
    name: 'eris_accept_batch_bids',
    help: 'Bids stored by one statement.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers: [this.registry],
  });
  private readonly rateLimits = new Counter({
    name: 'eris_rate_limited_total',
    help: 'Requests turned away because their key asked too often.',
    registers: [this.registry],
  });
  private readonly thoughts = new Histogram({
    name: 'eris_think_seconds',
    help: 'Time of tasks on threads, waiting included: building a book (build), a menu (quote).',
    labelNames: ['task'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
    registers: [this.registry],
  });
  private readonly refusals = new Counter({
    name: 'eris_refusals_total',
    help: 'Refusals before anything of ours was reached, by the code of the problem: a request that cannot be read, an address that cannot be routed.',
    labelNames: ['code'] as const,
    registers: [this.registry],
  });
  private readonly holdings = new Map<string, () => number>();

  /** Series that were looked up once: looking one up by its labels costs as much as the rest of an observation. */
  private readonly acceptsBy = new Map<string, Histogram.Internal<'outcome'>>();
  private readonly requestsBy = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>();

  constructor(logger: Logger) {
    super(logger);
    const held = new Gauge({
      name: 'eris_held',
      help: 'What requests hold while they are under way, by what it is.',
      labelNames: ['what'] as const,
      registers: [this.registry],
      collect: () => {
        for (const [what, read] of this.holdings) held.set({ what }, read());
      },
    });
  }

  /** Shows how much of something is held now: nothing, once all that was begun is over. */
  held(what: string, read: () => number): void {
    this.holdings.set(what, read);
  }

  /** A connection was refused before it brought a request, or a request before it had a route. */
  refused(code: string): void {
    this.refusals.inc({ code });
  }

  /** A task has ended on a thread. */
  thought(task: string, seconds: number): void {
    this.thoughts.observe({ task }, seconds);
  }

  /** A bid was taken in or turned away. */
  accepted(outcome: string, seconds: number): void {
    let series = this.acceptsBy.get(outcome);
    if (!series) this.acceptsBy.set(outcome, (series = this.accepts.labels({ outcome })));
    series.observe(seconds);
  }

  /** Bids were stored by one statement. */
  stored(bids: number): void {
    this.statements.observe(bids);
  }

  rateLimited(): void {
    this.rateLimits.inc();
  }

  /** Measures every request of a server. */
  observe(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      this.answered(request.method, request.routeOptions.url ?? 'none', reply.statusCode).observe(reply.elapsedTime / 1000);
      done();
    });
  }

  /** There are as many series as there are methods, routes and statuses: none of them is a caller's. */
  private answered(method: string, route: string, statusCode: number): Histogram.Internal<'method' | 'route' | 'status'> {
    const name = `${method} ${route} ${statusCode}`;
    let series = this.requestsBy.get(name);
    if (!series) this.requestsBy.set(name, (series = this.requests.labels({ method, route, status: String(statusCode) })));
    return series;
  }

  async text(): Promise<Reply<string>> {
    return new Reply(await this.registry.metrics(), undefined, { 'content-type': this.registry.contentType });
  }
}
