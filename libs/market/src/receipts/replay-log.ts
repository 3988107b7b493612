import { deliver, holdOf, isComplete, type Standing, standingOf } from '#ledger';
import { eventIn, type LogEvent, marketTerms, type PayloadOf, UnreadableEntry } from '#log';
import type { Kinds } from '#kinds';
import { cellsFrom, ruleFaults } from '#mechanism';
import { micros } from '#units';
import { type MarketHead, type MarketState, newestTerms, openBook, type OpenBook } from '../book/index.js';
import { differences, eventColumns, type Expected } from './expected-rows.js';
import { AccountBook, moneyFindings } from './money.js';
import type { AuditAccount } from './ports.js';
import { replayBid } from './replay-bid.js';
import { type Finding, jsonOf, type LogRecord, type Row } from './rows.js';

/** What is sold of a slot and what there is of it, milli-units per cell. */
export interface SlotSales {
  readonly usedMilli: readonly number[];
  readonly capacityMilli: readonly number[];
}

/** The version of entries of clocks that had slots earned as they ran. */
const CAPTURING_CLOCK = 1;

/**
 * A market made again from its log: every entry is held against what the log before it leads to. Deciding is the deciders' own code, one bid
 * at a time; plans are also checked by the independent validator.
 */
export class LogReplay {
  /** By slot. */
  readonly sales = new Map<number, SlotSales>();
  open: OpenBook;
  private readonly operatorId: bigint;
  private readonly accounts: AccountBook;
  /** Bids with slots that have not run, as they stand, in the order of their decisions. */
  private readonly running = new Map<bigint, Standing>();

  constructor(
    private readonly market: Row,
    accounts: readonly AuditAccount[],
    readonly kinds: Kinds,
  ) {
    this.operatorId = BigInt(market.organisation_id ?? 0);
    this.accounts = new AccountBook(accounts);
    this.open = openBook(emptyMarket(market));
  }

  /** @returns what is wrong with the entry; nothing where it is as it must be. After a finding the replay is at its end. */
  step(record: LogRecord): Finding[] {
    const { sequence, event } = record;
    const due = this.open.state.head.sequence + 1n;
    const marketId = this.open.state.head.marketId;
    if (sequence !== due) return [{ sequence: due, table: 'event', key: `market_id ${marketId}, sequence ${due}`, detail: 'is missing' }];
    if (event.kind === 'bid_accepted' || event.kind === 'bid_refused') return this.bid(record);
    const told = this.told(record);
    if (told.kind === 'finding') return told.findings;
    const stray = record.decision ? this.wrong(record, `kind is ${event.kind}, but its number is that of a decision`) : [];
    const columns = differences(sequence, 'event', event, {
      ...eventColumns(told.event, Number(event.version)),
      organisation_id: null,
    });
    return [...stray, ...columns, ...this.change(record, told.event)];
  }

  /** What an entry tells of. */
  private told(
    record: LogRecord,
  ): { readonly kind: 'event'; readonly event: LogEvent } | { readonly kind: 'finding'; readonly findings: Finding[] } {
    const { kind, version, payload } = record.event;
    try {
      return { kind: 'event', event: eventIn({ kind, version: Number(version), payload: jsonOf(payload) }) };
    } catch (cause) {
      if (cause instanceof UnreadableEntry) return { kind: 'finding', findings: this.wrong(record, cause.message) };
      throw cause;
    }
  }

  /** What the market's own rows must say after the last entry. */
  ends(market: Row, sites: readonly Row[], usage: readonly Row[]): Finding[] {
    const { head } = this.open.state;
    const bySlot = new Map(usage.map((row) => [row.slot, row]));
    const bySite = new Map(sites.map((row) => [row.id, row]));
    const stray = usage.find((row) => !this.sales.has(Number(row.slot)));
    return [
      ...differences(undefined, 'market', market, {
        status: head.status,
        slot: head.slot,
        sequence: head.sequence,
        terms: { json: marketTerms.write(this.open.state.terms) },
      }),
      ...this.open.state.sites.flatMap((site) => differences(undefined, 'site', bySite.get(site.id), siteRow(head.marketId, site))),
      ...(sites.length === this.open.state.sites.length ? [] : [stranger('site', sites, this.open.state.sites.length)]),
      ...[...this.sales].flatMap(([slot, sales]) =>
        differences(undefined, 'slot_usage', bySlot.get(slot.toString()), usageRow(head.marketId, slot, sales)),
      ),
      ...(stray
        ? [{ table: 'slot_usage' as const, key: `market_id ${head.marketId}, slot ${stray.slot}`, detail: 'nothing was sold of it' }]
        : []),
    ];
  }

  private bid(record: LogRecord): Finding[] {
    const outcome = replayBid(this.open, record, this.kinds);
    if (outcome.kind === 'findings') return outcome.findings;
    for (const { slot, usedMilli } of outcome.usage) this.sales.set(slot, { usedMilli, capacityMilli: outcome.capacityMilli });
    this.open = outcome.open;
    const { sale } = outcome;
    if (!sale) return moneyFindings(record, [], this.accounts);
    this.running.set(sale.bidId, standingOf(sale, this.operatorId));
    const held = holdOf(sale);
    return moneyFindings(record, held ? [held] : [], this.accounts);
  }

  private change(record: LogRecord, { kind, payload }: LogEvent): Finding[] {
    switch (kind) {
      case 'market_opened':
        return this.opened(record, payload);
      case 'terms_changed':
        return this.termsChanged(record, payload);
      case 'site_added':
        return this.siteAdded(record, payload);
      case 'capacity_changed':
        return this.capacityChanged(record, payload);
      case 'status_changed':
        return this.statusChanged(record, payload);
      case 'clock_advanced':
        return this.clockAdvanced(record, payload);
      case 'bid_accepted':
      case 'bid_refused':
        return this.wrong(record, `kind ${kind} is that of a decision`);
    }
  }

  private opened(record: LogRecord, { name, clock, terms }: PayloadOf<'market_opened'>): Finding[] {
    if (record.sequence !== 1n) return this.wrong(record, 'a market opens once');
    const { market } = this;
    if (name !== market.name || clock !== market.clock) return this.wrong(record, `payload is not of ${market.name}, ${market.clock}`);
    return this.termsChanged(record, { terms });
  }

  private termsChanged(record: LogRecord, { terms }: PayloadOf<'terms_changed'>): Finding[] {
    const [fault] = ruleFaults(terms.prices, this.open.state.resources);
    if (fault) return this.wrong(record, `payload.terms.prices: ${fault.name} is ${fault.fault}`);
    this.rebuild({ terms }, record.sequence);
    return [];
  }

  private siteAdded(record: LogRecord, payload: PayloadOf<'site_added'>): Finding[] {
    const { sites } = this.open.state;
    const capacityMilli = this.capacityIn(payload);
    if (!capacityMilli) return this.wrong(record, 'payload.capacityMilli names not each resource');
    const site = { id: payload.siteId.toString(), ordinal: sites.length, capacityMilli };
    this.rebuild({ sites: [...sites, site] }, record.sequence);
    const { marketId } = this.open.state.head;
    return differences(record.sequence, 'site', record.site, {
      id: site.id,
      market_id: marketId,
      ordinal: site.ordinal,
      name: payload.name,
    });
  }

  private capacityChanged(record: LogRecord, payload: PayloadOf<'capacity_changed'>): Finding[] {
    const { sites } = this.open.state;
    const capacityMilli = this.capacityIn(payload);
    const siteId = payload.siteId.toString();
    if (!capacityMilli || !sites.some(({ id }) => id === siteId)) return this.wrong(record, 'payload names no site with a capacity');
    this.rebuild({ sites: sites.map((site) => (site.id === siteId ? { ...site, capacityMilli } : site)) }, record.sequence);
    return [];
  }

  private statusChanged(record: LogRecord, { from, status }: PayloadOf<'status_changed'>): Finding[] {
    const { head } = this.open.state;
    if (from !== head.status) return this.wrong(record, `payload.from is ${from}, must be ${head.status}`);
    this.open = { ...this.open, state: { ...this.open.state, head: { ...head, status, sequence: record.sequence } } };
    return [];
  }

  private clockAdvanced(record: LogRecord, { from, slot }: PayloadOf<'clock_advanced'>): Finding[] {
    const { head } = this.open.state;
    if (from !== head.slot) return this.wrong(record, `payload.from is ${from}, must be ${head.slot}`);
    if (slot <= head.slot) return this.wrong(record, `payload.slot is ${slot}, not later`);
    this.rebuild({}, record.sequence, { slot });
    const rule = Number(record.event.version) === CAPTURING_CLOCK ? 'captured' : 'retained';
    const movements = [...this.running.values()].flatMap((before) => {
      const { standing, movements: moved } = deliver(before, slot, rule);
      if (isComplete(standing)) this.running.delete(standing.bidId);
      else this.running.set(standing.bidId, standing);
      return moved;
    });
    return moneyFindings(record, movements, this.accounts);
  }

  /** In the order of the market's resources; undefined where one is not named. */
  private capacityIn({ capacityMilli }: PayloadOf<'site_added'>): number[] | undefined {
    const { resources } = this.open.state;
    const isNamed = resources.every((name) => Object.hasOwn(capacityMilli, name));
    return isNamed ? resources.map((name) => capacityMilli[name]) : undefined;
  }

  /** A change after which the book is another one; what there is of slots to come follows the sites. */
  private rebuild(change: Partial<MarketState>, sequence: bigint, head: Partial<MarketHead> = {}): void {
    const slot = head.slot ?? this.open.state.head.slot;
    this.move({ ...change, head: { ...this.open.state.head, ...head } }, sequence);
    const { sites, bandwidthKb, horizonSlots } = this.open.state;
    const capacityMilli = cellsFrom<number>(
      Number(bandwidthKb),
      sites.map((site) => site.capacityMilli),
    );
    const isSites = change.sites !== undefined;
    if (isSites) for (const [at, sales] of this.sales) if (at >= slot) this.sales.set(at, { ...sales, capacityMilli });
    const usage = [...this.sales]
      .filter(([at]) => at >= slot && at < slot + horizonSlots)
      .map(([at, { usedMilli }]) => ({ slot: at, usedMilli }));
    this.open = openBook({ ...this.open.state, usage });
  }

  private move(change: Partial<MarketState>, sequence: bigint): void {
    const state = { ...this.open.state, ...change };
    this.open = { ...this.open, state: { ...state, priceVersion: sequence, head: { ...state.head, sequence } } };
  }

  private wrong({ sequence, event }: LogRecord, detail: string): Finding[] {
    return [{ sequence, table: 'event', key: `market_id ${event.market_id}, sequence ${event.sequence}`, detail }];
  }
}

const usageRow = (marketId: bigint, slot: number, { usedMilli, capacityMilli }: SlotSales): Expected => ({
  market_id: marketId,
  slot,
  used_milli: { json: usedMilli },
  capacity_milli: { json: capacityMilli },
});

const siteRow = (marketId: bigint, { ordinal, capacityMilli }: MarketState['sites'][number]): Expected => ({
  market_id: marketId,
  ordinal,
  capacity_milli: { json: capacityMilli },
});

const stranger = (table: 'site', rows: readonly Row[], count: number): Finding => ({
  table,
  key: rows.map(({ id }) => `id ${id}`).join(', '),
  detail: `${rows.length} are stored, the log has ${count}`,
});

/** The market before the first entry of its log, which tells its terms: until then nothing costs anything. */
function emptyMarket(market: Row): MarketState {
  const number = (column: string): number => Number(market[column]);
  const whole = (column: string): bigint => BigInt(market[column] ?? 0);
  return {
    head: { marketId: whole('id'), sequence: 0n, status: 'open', clock: market.clock === 'realtime' ? 'realtime' : 'manual', slot: 0 },
    operatorId: whole('organisation_id'),
    priceVersion: 0n,
    horizonSlots: number('horizon_slots'),
    chunkKb: whole('chunk_kb'),
    bandwidthKb: whole('bandwidth_kb'),
    resources: jsonOf(market.resources) as string[],
    terms: newestTerms({ kind: 'flat', level: micros(0n), levels: {} }),
    sites: [],
    usage: [],
  };
}
