/** While connections keep coming, the first requests of theirs are put off for so many turns of the event loop: a quarter of a second, or less. */
const PUT_OFF_TURNS_MAX = 1_000;
/** After that one of them is served for so many connections that come. */
const COMING_PER_SERVED = 8;
/** Where more wait than this, the newest and the oldest are served in turn: under too much load most fresh ones need not wait, and none waits for ever. */
const IN_ORDER_MAX = 64;
/** So many are served in a turn, some milliseconds, while no more connections come. */
const SERVED_AT_ONCE = 8;

interface PutOff {
  readonly serve: () => void;
  readonly isOver: () => boolean;
}

/**
 * Lets a crowd in before anybody of it is served. The event loop accepts one connection a turn, whatever else it does in it: were every first request
 * served at once, a probe that comes after five hundred others would wait for all of theirs. Nor are more than a few served in one turn, however many ask
 * over connections that they keep: whoever opens one waits for turns. Requests whose connection has gone meanwhile cost nothing.
 */
export class Arrivals {
  private readonly putOff: PutOff[] = [];
  /** Turns for which somebody has waited. */
  private turns = 0;
  private comings = 0;
  private hasCome = false;
  private isTurning = false;
  private isNewest = false;
  /** Requests served in this turn. */
  private served = 0;

  /** @param atOnce how many are served in a turn while no more connections come. */
  constructor(private readonly atOnce = SERVED_AT_ONCE) {}

  /** A connection was opened. */
  came(): void {
    this.hasCome = true;
    this.comings += 1;
    this.turnLater();
  }

  /** Serves a request: now, or once no more connections come and it is its turn. */
  serve(serve: () => void, isOver: () => boolean): void {
    if (!this.hasCome && this.putOff.length === 0 && this.served < this.atOnce) {
      this.served += 1;
      this.turnLater();
      return serve();
    }
    if (this.putOff.length === 0) this.turns = 0;
    this.putOff.push({ serve, isOver });
    this.turnLater();
  }

  private turnLater(): void {
    if (this.isTurning) return;
    this.isTurning = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    const { hasCome } = this;
    this.hasCome = false;
    this.isTurning = false;
    this.served = 0;
    this.turns += 1;
    if (!hasCome) this.serveSome(this.atOnce);
    else if (this.turns > PUT_OFF_TURNS_MAX && this.comings % COMING_PER_SERVED === 0) this.serveSome(1);
    if (this.putOff.length > 0) this.turnLater();
  }

  private serveSome(most: number): void {
    for (let next = this.next(); next; next = this.next()) {
      if (next.isOver()) continue;
      next.serve();
      if (++this.served >= most) return;
    }
  }

  private next(): PutOff | undefined {
    this.isNewest = this.putOff.length > IN_ORDER_MAX && !this.isNewest;
    return this.isNewest ? this.putOff.pop() : this.putOff.shift();
  }
}
