/** While connections keep coming, the first requests of theirs are put off for so long at most, ms. */
const PUT_OFF_MS_MAX = 250;
/** After that one of them is served for so many connections that come. */
const COMING_PER_SERVED = 8;
/** Where more wait than this, the newest is served first: under too much load the oldest has waited in vain anyway, and most fresh ones need not. */
const IN_ORDER_MAX = 64;
/** What was put off is served for so long in one turn of the event loop, ms, once no more connections come. */
const SERVE_MS_MAX = 5;

interface PutOff {
  readonly serve: () => void;
  readonly isOver: () => boolean;
}

/**
 * Lets a crowd in before anybody of it is served. The event loop accepts one connection a turn, whatever else it does in it: were every first request
 * served at once, a probe that comes after five hundred others would wait for all of theirs. Requests whose connection has gone meanwhile cost nothing.
 */
export class Arrivals {
  private readonly putOff: PutOff[] = [];
  private sinceMs = 0;
  private comings = 0;
  private hasCome = false;
  private isTurning = false;

  /** A connection was opened. */
  came(): void {
    this.hasCome = true;
    this.comings += 1;
    this.turnLater();
  }

  /** Serves the first request of a connection: now, or once no more connections come. */
  serve(serve: () => void, isOver: () => boolean): void {
    if (!this.hasCome && this.putOff.length === 0) return serve();
    if (this.putOff.length === 0) this.sinceMs = performance.now();
    this.putOff.push({ serve, isOver });
  }

  private turnLater(): void {
    if (this.isTurning) return;
    this.isTurning = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    const { hasCome, sinceMs } = this;
    this.hasCome = false;
    this.isTurning = false;
    const nowMs = performance.now();
    if (!hasCome) this.serveUntil(nowMs + SERVE_MS_MAX);
    else if (nowMs - sinceMs >= PUT_OFF_MS_MAX && this.comings % COMING_PER_SERVED === 0) this.serveUntil(nowMs);
    if (this.putOff.length > 0) this.turnLater();
  }

  /** Serves one, and more until then. */
  private serveUntil(untilMs: number): void {
    for (let next = this.next(); next; next = this.next()) {
      if (next.isOver()) continue;
      next.serve();
      if (performance.now() >= untilMs) return;
    }
  }

  private next(): PutOff | undefined {
    return this.putOff.length > IN_ORDER_MAX ? this.putOff.pop() : this.putOff.shift();
  }
}
