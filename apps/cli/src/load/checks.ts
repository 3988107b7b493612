import type { ItemOf } from '#sdk';
import { formatMicros } from '#units';
import type { Check } from '../demo/check.js';
import { amountOf, sumOf, unbalancedTransfers, wrongBalances } from '../ledger-faults.js';
import type { Meter } from './meter.js';
import type { LoadStage } from './stage.js';

type Bid = ItemOf<'listBids'>;
type Entry = ItemOf<'listEntries'>;

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

/** The operator and its bidders are this load's own: all that they ever moved sums to zero. */
async function ledgerCheck({ operator }: LoadStage, bids: readonly Bid[]): Promise<Check> {
  const accounts = await operator.all('listAccounts');
  const entries: Entry[] = [];
  const faults: string[] = [];
  for (const account of accounts) {
    const own = await operator.all('listEntries', { params: { accountId: account.id } });
    entries.push(...own);
    faults.push(...wrongBalances(account, own));
  }
  const charged = sumOf(bids.map(({ decision }) => amountOf(decision?.payment ?? '0')));
  const held = sumOf(entries.filter(({ kind, account }) => kind === 'hold' && account === 'escrow').map((entry) => amountOf(entry.amount)));
  if (held !== charged) faults.push(`decisions charge ${formatMicros(charged)}, holds are ${formatMicros(held)}`);
  const detail = `${entries.length} entries in the books of ${accounts.length} organisations, ${formatMicros(charged)} credits charged`;
  return { name: 'the ledger sums to zero', detail, faults: [...faults, ...unbalancedTransfers(entries)] };
}
