import { createPool, type MarketSums, readMarketSums } from '#persistence';
import { formatMicros } from '#units';
import type { ItemOf } from '#sdk';
import { amountOf, sumOf, unbalancedTransfers, wrongBalances } from '../ledger-faults.js';
import type { Bidding } from './bidding.js';
import type { Check } from './check.js';
import type { Stage } from './stage.js';

type Account = ItemOf<'listAccounts'>;

/**
 * The ledger as the API shows it to the operator: every transfer has two sides, balances are the sums of entries, no credit is lost.
 * @param returned what came back of what was paid, micro-credits.
 */
export async function ledgerCheck(stage: Stage, bidding: Bidding, returned: bigint): Promise<Check> {
  const accounts = await stage.operator.all('listAccounts');
  const members = new Set(stage.bidders.map(({ accountId }) => accountId));
  const wallets = accounts.filter(({ id }) => members.has(id));
  const entriesOf = new Map(
    await Promise.all(
      accounts
        .filter((account) => isOurs(account, stage))
        .map(async (account) => [account.id, await stage.operator.all('listEntries', { params: { accountId: account.id } })] as const),
    ),
  );
  const ours = new Set(wallets.flatMap(({ id }) => (entriesOf.get(id) ?? []).map(({ transferId }) => transferId)));
  const all = [...entriesOf.values()].flat().filter(({ transferId }) => ours.has(transferId));
  const faults = [
    ...unbalancedTransfers(all),
    ...wallets.flatMap((account) => wrongBalances(account, entriesOf.get(account.id) ?? [])),
    ...conservationFaults({ stage, bidding, returned }, wallets),
  ];
  return {
    name: 'the ledger sums to zero',
    detail: `${all.length} entries of ${ours.size} transfers, each balanced; balances are their sums`,
    faults,
  };
}

/** How organisations of demos and loads are named. */
const OF_A_RUN = /\(demo-\d+\)$|^load-\d+/;

/** The bidders of this run, and the operator that they pay, whether it has earned anything or not: whoever is of no other run. */
function isOurs({ id, organisation }: Account, { bidders }: Stage): boolean {
  return bidders.some(({ accountId }) => accountId === id) || !OF_A_RUN.test(organisation);
}

/** What was paid in is what bidders still have and what they were charged; every slot has run, so nothing is held any more. */
function conservationFaults(
  { stage: { deposited }, bidding: { decided }, returned }: { readonly stage: Stage; readonly bidding: Bidding; readonly returned: bigint },
  wallets: readonly Account[],
): string[] {
  const available = sumOf(wallets.map(({ balance }) => amountOf(balance.available)));
  const held = sumOf(wallets.map(({ balance }) => amountOf(balance.held)));
  const charged = sumOf(decided.map(({ bid }) => amountOf(bid.decision?.payment ?? '0'))) - returned;
  const isKept = available + charged === amountOf(deposited);
  return [
    ...(isKept ? [] : [`${deposited} paid in, ${formatMicros(available)} left, ${formatMicros(charged)} charged`]),
    ...(held === 0n ? [] : [`${formatMicros(held)} still held after the last slot`]),
  ];
}

/** The same laws asked of the database itself, past the API: sums over every account there is, and what is sold against what there is. */
export async function databaseCheck(databaseUrl: string, marketId: string): Promise<Check> {
  const pool = createPool(databaseUrl, { max: 1 });
  try {
    const figures = await readMarketSums(pool, BigInt(marketId));
    return {
      name: 'the database says the same',
      detail: `${figures.count} entries in ${figures.accounts} accounts, asked in SQL`,
      faults: figureFaults(figures),
    };
  } finally {
    await pool.end();
  }
}

function figureFaults({ balances, entries: total, unequal, oversold, undecided, twice }: MarketSums): string[] {
  const laws: readonly (readonly [boolean, string])[] = [
    [balances === 0n, `balances sum to ${balances} micro-credits`],
    [total === 0n, `entries sum to ${total} micro-credits`],
    [unequal === 0n, `${unequal} balances are not the sum of their entries`],
    [oversold === 0n, `${oversold} cells of slot_usage are out of bounds`],
    [undecided === 0n, `${undecided} bids have no decision`],
    [twice === 0n, `${twice} bids are decided twice`],
  ];
  return laws.flatMap(([holds, fault]) => (holds ? [] : [fault]));
}
