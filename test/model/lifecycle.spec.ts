import { type BidBody, standardKinds } from '#kinds';
import {
  type CapacityWindow,
  decideBatch,
  FundsTracker,
  type HitRecord,
  leftOf,
  LiveSales,
  type MarketState,
  newestTerms,
  openBook,
  type OpenBook,
  saleIn,
  type SlotUsage,
} from '#market';
import { paperRule, usageOf, valueAt } from '#mechanism';
import { micros } from '#units';
import fc from 'fast-check';

// Real: deciding, victims, repairs, returns, the settlement. Only the database is left out. More histories: ERIS_HISTORIES=100000.
const RUNS = Number(process.env.ERIS_HISTORIES ?? 400);
const KINDS = standardKinds();
const RESOURCES = ['gpu', 'cpu'];
const HORIZON = 8;
const SITES = [0, 1].map((ordinal) => ({ id: String(ordinal + 1), ordinal, capacityMilli: [2_000, 8_000] }));
const START: MarketState = {
  head: { marketId: 1n, sequence: 1n, status: 'open', clock: 'manual', slot: 0 },
  operatorId: 1n,
  priceVersion: 1n,
  horizonSlots: HORIZON,
  chunkKb: 1_000n,
  bandwidthKb: 12_000n,
  resources: RESOURCES,
  terms: newestTerms(paperRule(RESOURCES, 30, { unit: micros(1_000_000n), reserve: micros(100_000n) })),
  sites: SITES,
  usage: [],
};

const chunksArb = fc.nat({ max: 5 });
const bodyArb: fc.Arbitrary<BidBody> = fc
  .record({
    chunks: fc.tuple(chunksArb, chunksArb).map(([one, two]) => ({ 1: one + 1, 2: two })),
    value: fc.integer({ min: 1, max: 60 }),
    decay: fc.integer({ min: 0, max: 8 }),
    onFailure: fc.constantFrom('accept_late' as const, 'refund' as const, undefined),
    gpu: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ chunks, value, decay, onFailure, gpu }) => ({
    chunks,
    epochs: 2,
    throughput: 4,
    parameterMB: 0.5,
    worker: { gpu, cpu: 1 },
    ps: { cpu: 1 },
    valuation: { kind: 'linear' as const, value, decay },
    ...(onFailure && { onFailure }),
  }));

type Step =
  | { readonly kind: 'bids'; readonly bodies: readonly BidBody[] }
  | { readonly kind: 'clock'; readonly slots: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | {
      readonly kind: 'window';
      readonly window: Pick<CapacityWindow, 'scope' | 'site' | 'amounts'> & { readonly after: number; readonly length: number | null };
    };
const amountsArb = fc.option(fc.record({ gpu: fc.constantFrom(1_000, 2_000) }), { nil: null });
const windowArb = fc.oneof(
  fc.record({ scope: fc.constant('site' as const), site: fc.nat({ max: 1 }), amounts: amountsArb }),
  fc.record({ scope: fc.constant('bandwidth' as const), site: fc.constant(null), amounts: fc.constant(null) }),
);
const stepArb: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.array(bodyArb, { minLength: 1, maxLength: 4 }).map((bodies) => ({ kind: 'bids' as const, bodies })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }).map((slots) => ({ kind: 'clock' as const, slots })) },
  { weight: 1, arbitrary: fc.nat({ max: 20 }).map((which) => ({ kind: 'cancel' as const, which })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ of: windowArb, after: fc.nat({ max: 2 }), length: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }) })
      .map(({ of, after, length }) => ({ kind: 'window' as const, window: { ...of, after, length } })),
  },
);
const historyArb = fc.array(stepArb, { minLength: 2, maxLength: 9 });

/** What was told of an allocation, for the laws. */
interface Told {
  readonly body: BidBody;
  readonly arrival: number;
  readonly payment: bigint;
  readonly surplus: bigint;
  returned: bigint;
  completion: number | undefined;
  isCancelled: boolean;
}

/** A market without a database: what the worker and the clock do to it, in the order of its log. */
class Market {
  readonly told = new Map<bigint, Told>();
  /** What became of whom, as the log would say it. */
  readonly log: string[] = [];
  moved = 0n;
  private readonly sales = new LiveSales(1n, KINDS);
  private open: OpenBook = openBook(START);
  private used = new Map<number, readonly number[]>();
  private bids = 0n;

  /** @param valued what bids are worth once they are accepted; nothing may depend on it then. */
  constructor(private readonly valued: (body: BidBody) => BidBody = (body) => body) {}

  step(step: Step): void {
    if (step.kind === 'bids') for (const body of step.bodies) this.bid(body);
    if (step.kind === 'clock') this.clock(step.slots);
    if (step.kind === 'cancel') this.cancel(step.which);
    if (step.kind === 'window') this.window(step.window);
  }

  /** The window moves on until nothing is left to run. */
  end(): void {
    this.clock(2 * HORIZON);
  }

  private bid(body: BidBody): void {
    const bidId = (this.bids += 1n);
    const wallet = { organisationId: 2n, walletId: 0n, escrowId: 0n, fundsMicros: 10n ** 12n };
    const then = this.open.state;
    const { record, priceVersion } = decideBatch({
      open: this.open,
      epoch: 1n,
      bids: [{ bidId, organisationId: 2n, body }],
      funds: new FundsTracker([wallet]),
      kinds: KINDS,
      mayGoOn: () => true,
    });
    const [decided] = record.decided;
    if (!decided) throw new Error('a bid is decided');
    for (const { slot, usedMilli } of record.usage) this.used.set(slot, usedMilli);
    this.open = { book: this.open.book, state: { ...then, priceVersion, head: { ...then.head, sequence: record.sequence } } };
    const sale = saleIn(decided);
    if (decided.decision.kind !== 'accepted' || !sale) return;
    const { payment, value, completion } = decided.decision;
    this.told.set(bidId, {
      body,
      arrival: decided.arrivalSlot,
      payment,
      surplus: value - payment,
      returned: 0n,
      completion,
      isCancelled: false,
    });
    this.sales.bought({ decided, body: this.valued(body), sale }, then);
  }

  private clock(slots: number): void {
    const { head } = this.open.state;
    const slot = head.slot + slots;
    for (const movement of this.sales.deliver(slot, 'retained')) this.note(movement);
    this.rebuild({ head: { ...head, slot, sequence: head.sequence + 1n } });
  }

  private window({ scope, site, amounts, after, length }: Extract<Step, { kind: 'window' }>['window']): void {
    const { head, windows = [] } = this.open.state;
    const from = head.slot + after;
    const to = length === null ? null : from + length;
    const window: CapacityWindow = {
      windowId: `${windows.length + 1}`,
      scope,
      site,
      amounts,
      from,
      to,
      closedAt: null,
      taken: [],
      isSettled: false,
    };
    this.rebuild({ windows: [...windows, window], head: { ...head, sequence: head.sequence + 1n } });
    for (;;) {
      const sequence = this.open.state.head.sequence + 1n;
      const hit = this.sales.hit(this.open, { windowId: BigInt(window.windowId), cause: 'site_down' }, sequence);
      if (!hit) break;
      expect(hit.violations).toEqual([]);
      for (const slot of hit.slots) this.used.set(slot, usageOf(this.open.book, slot));
      this.tell(hit.record);
      for (const movement of hit.record.movements) this.note(movement);
      this.open = { book: this.open.book, state: { ...this.open.state, head: { ...this.open.state.head, sequence } } };
    }
    this.nothingOversold();
    this.rebuild({ head: this.open.state.head });
  }

  private cancel(which: number): void {
    const bidId = this.bids === 0n ? 0n : (BigInt(which) % this.bids) + 1n;
    const { head } = this.open.state;
    const sequence = head.sequence + 1n;
    const cancelled = this.sales.cancel(this.open, bidId, sequence);
    if (!cancelled) return;
    for (const slot of cancelled.slots) this.used.set(slot, usageOf(this.open.book, slot));
    this.tell(cancelled.record);
    for (const movement of cancelled.record.movements) this.note(movement);
    expect(this.sales.cancel(this.open, bidId, sequence)).toBeUndefined();
    this.rebuild({ head: { ...head, sequence } });
  }

  private tell({ event, bidId, movements }: HitRecord): void {
    const told = this.told.get(bidId ?? 0n);
    if (!told) throw new Error('whoever is hit was accepted');
    this.log.push(JSON.stringify({ event, movements }, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
    if ('returnedMicros' in event.payload) told.returned += event.payload.returnedMicros;
    told.completion = event.kind === 'allocation_repaired' ? event.payload.completion : undefined;
    told.isCancelled = event.kind === 'allocation_cancelled';
  }

  private note({
    from,
    to,
    amount,
  }: {
    readonly from: { readonly kind: string };
    readonly to: { readonly kind: string };
    readonly amount: bigint;
  }): void {
    if (to.kind === 'wallet' || to.kind === 'revenue') this.moved += amount;
    expect([from.kind, to.kind]).not.toEqual(['wallet', 'revenue']);
  }

  private nothingOversold(): void {
    const { windows = [], head } = this.open.state;
    const own = [12_000, ...SITES.flatMap(({ capacityMilli }) => capacityMilli)];
    for (const [slot, used] of this.used) {
      if (slot < head.slot) continue;
      const left = leftOf(own, windows, slot, { resources: RESOURCES });
      used.forEach((milli, cell) => expect(milli).toBeLessThanOrEqual(left[cell] ?? 0));
    }
  }

  private rebuild(change: Partial<MarketState>): void {
    const state = { ...this.open.state, ...change };
    const usage: SlotUsage[] = [...this.used].map(([slot, usedMilli]) => ({ slot, usedMilli }));
    const isOnSale = ({ slot }: SlotUsage): boolean => slot >= state.head.slot && slot < state.head.slot + HORIZON;
    this.open = openBook({ ...state, usage: usage.filter(isOnSale) });
  }
}

const live = (history: readonly Step[], valued?: (body: BidBody) => BidBody): Market => {
  const market = new Market(valued);
  for (const step of history) market.step(step);
  return market;
};

describe('after any failures', () => {
  it('nobody is better off than without them, nor worse off than with nothing where it said refund, and all that was paid is accounted for', () => {
    let hits = 0;
    fc.assert(
      fc.property(historyArb, (history) => {
        const market = live(history);
        market.end();
        let paid = 0n;
        for (const { body, arrival, payment, surplus, returned, completion, isCancelled } of market.told.values()) {
          paid += payment;
          expect(returned).toBeLessThanOrEqual(payment);
          const worth = completion === undefined ? 0n : valueAt(body.valuation, completion - arrival);
          const payoff = worth - (payment - returned);
          if (isCancelled) expect(payoff).toBeLessThanOrEqual(0n);
          else if (body.onFailure === 'refund' || completion === undefined) expect(payoff).toBeGreaterThanOrEqual(0n);
          expect(payoff).toBeLessThanOrEqual(surplus);
        }
        expect(market.moved).toBe(paid);
        hits += market.log.length;
      }),
      { numRuns: RUNS },
    );
    expect(hits).toBeGreaterThan(RUNS / 4);
  }, 120_000);

  it('who is hit, where they go and what comes back does not depend on what anything is worth', () => {
    fc.assert(
      fc.property(historyArb, (history) => {
        const otherwise = (body: BidBody): BidBody => ({ ...body, valuation: { kind: 'deadline', value: 1, deadline: 0 } });
        expect(live(history, otherwise).log).toEqual(live(history).log);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  }, 120_000);
});
