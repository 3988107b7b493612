import type { ItemOf } from '#sdk';
import { formatMicros, parseMicros } from '#units';
import type { Check } from '../demo/check.js';
import type { Meter } from './meter.js';
import type { LoadStage } from './stage.js';

type Bid = ItemOf<'listBids'>;
type Entry = ItemOf<'listEntries'>;
type Account = ItemOf<'listAccounts'>;

/** Asks the API whether everything that was acknowledged is there, decided once, and paid for. */
export async function checkLoad(stage: LoadStage, meter: Meter): Promise<Check[]> {
  const bids: Bid[] = [];
  for (const { marketId } of stage.markets) bids.push(...(await stage.operator.all('listBids', { params: { marketId } })));
  return [storedCheck(bids, meter), decidedCheck(bids, meter), await ledgerCheck(stage, bids)];
}

function storedCheck(bids: readonly Bid[], meter: Meter): Check {
  const stored = new Set(bids.map(({ id }) => id));
  const faults = [...meter.ackedIds].filter((id) => !stored.has(id)).map((id) => `bid ${id} was acknowledged and is not there`);
  if (stored.size !== bids.length) faults.push(`${bids.length - stored.size} bids are listed twice`);
  return { name: 'every acknowledged bid is stored', detail: `${meter.acked} acknowledged, ${stored.size} stored`, faults };
}

function decidedCheck(bids: readonly Bid[], meter: Meter): Check {
  const places = bids.flatMap(({ marketId, decision }) => (decision ? [`${marketId} ${decision.sequence}`] : []));
  const queued = bids.filter(({ status }) => status === 'queued').map(({ id }) => `bid ${id} is still queued`);
  const shared = places.length - new Set(places).size;
  const faults = [
    ...queued,
    ...(shared === 0 ? [] : [`${shared} decisions share their place in a market's log`]),
    ...(meter.decidedTwice === 0 ? [] : [`${meter.decidedTwice} decisions were told twice`]),
  ];
  return {
    name: 'every bid is decided once',
    detail: `${places.length} decisions, each at a place of its own in its market's log`,
    faults,
  };
}

const amount = (text: string): bigint => parseMicros(text) ?? 0n;
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, one) => total + one, 0n);

/** The operator and its bidders are this load's own: all that they ever moved sums to zero. */
async function ledgerCheck({ operator }: LoadStage, bids: readonly Bid[]): Promise<Check> {
  const accounts = await operator.all('listAccounts');
  const entries: Entry[] = [];
  const faults: string[] = [];
  for (const account of accounts) {
    const own = await operator.all('listEntries', { params: { accountId: account.id } });
    entries.push(...own);
    faults.push(...balanceFaults(account, own));
  }
  const charged = sum(bids.map(({ decision }) => amount(decision?.payment ?? '0')));
  const held = sum(entries.filter(({ kind, account }) => kind === 'hold' && account === 'escrow').map((entry) => amount(entry.amount)));
  if (held !== charged) faults.push(`decisions charge ${formatMicros(charged)}, holds are ${formatMicros(held)}`);
  const detail = `${entries.length} entries in the books of ${accounts.length} organisations, ${formatMicros(charged)} credits charged`;
  return { name: 'the ledger sums to zero', detail, faults: [...faults, ...transferFaults(entries)] };
}

function transferFaults(entries: readonly Entry[]): string[] {
  const totals = new Map<string, bigint>();
  for (const entry of entries) totals.set(entry.transferId, (totals.get(entry.transferId) ?? 0n) + amount(entry.amount));
  return [...totals].flatMap(([id, total]) => (total === 0n ? [] : [`transfer ${id} sums to ${formatMicros(total)}`]));
}

function balanceFaults({ organisation, balance, revenue }: Account, entries: readonly Entry[]): string[] {
  const of = (kind: Entry['account']): bigint =>
    sum(entries.filter(({ account }) => account === kind).map((entry) => amount(entry.amount)));
  const shown = { wallet: balance.available, escrow: balance.held, revenue } as const;
  return (['wallet', 'escrow', 'revenue'] as const)
    .filter((kind) => of(kind) !== amount(shown[kind]))
    .map((kind) => `${organisation}: its ${kind} is ${shown[kind]}, its entries sum to ${formatMicros(of(kind))}`);
}
