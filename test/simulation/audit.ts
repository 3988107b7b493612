import type { AuditSource, DecidedBid, Finding, HitRecord, LogRecord, MarketAudit, Receipt, ReceiptStore, Row } from '#market';
import { CHAIN_START, chainAfter, saleIn } from '#market';
import { type Sale, slotAmount } from '#ledger';
import { EVENT_TYPES, marketTerms, type PayloadOf, payloadJson, refusal } from '#log';
import {
  ConnectionLost,
  type Database,
  type StoredDecision,
  type StoredEvent,
  type StoredMarket,
  type StoredTransfer,
} from './database.js';
import type { Process } from './scheduler.js';

type Cell = string | number | bigint | null | object;

/** A row as the verifier reads it: every column as text. */
const rowOf = (columns: Readonly<Record<string, Cell>>): Row =>
  Object.fromEntries(Object.entries(columns).map(([column, value]) => [column, textOf(value)]));

const textOf = (value: Cell): string | null =>
  value === null ? null : typeof value === 'object' ? JSON.stringify(value, bigintText) : value.toString();
const bigintText = (_: string, part: unknown): unknown => (typeof part === 'bigint' ? part.toString() : part);

/** What is stored, as the verifier reads it from Postgres. */
export function auditSourceOf(database: Database): AuditSource {
  return {
    within: async (marketId, work) => {
      const market = database.markets.get(marketId);
      return market && work(auditOf(database, market));
    },
  };
}

function auditOf(database: Database, market: StoredMarket): MarketAudit {
  const log = logOf(database, market);
  return {
    market: rowOf({ ...termsOf(market), status: market.status, slot: market.slot, sequence: market.sequence }),
    accounts: [...database.ledger.accounts.values()].map(({ id, ownerId, kind }) => ({ accountId: id, organisationId: ownerId, kind })),
    records: async (after) => log.filter(({ sequence }) => sequence > after),
    sites: async () =>
      market.sites.map(({ id, ordinal, capacityMilli }) =>
        rowOf({ id, market_id: market.marketId, ordinal, capacity_milli: capacityMilli }),
      ),
    usage: async () =>
      [...market.usage].map(([slot, { usedMilli, capacityMilli }]) =>
        rowOf({ market_id: market.marketId, slot, used_milli: usedMilli, capacity_milli: capacityMilli }),
      ),
    strays: async () => straysOf(database, market, log),
  };
}

const termsOf = ({ marketId, operatorId, terms, clock }: StoredMarket): Readonly<Record<string, Cell>> => ({
  id: marketId,
  organisation_id: operatorId,
  name: `market-${marketId}`,
  clock,
  horizon_slots: terms.horizonSlots,
  chunk_kb: terms.chunkKb,
  bandwidth_kb: terms.bandwidthKb,
  resources: terms.resources,
  terms: marketTerms.write(terms.terms) as object,
});

/** Bids that are neither decided nor waiting, decisions and money that the log does not know. */
function straysOf(database: Database, market: StoredMarket, log: readonly LogRecord[]): Finding[] {
  const { marketId } = market;
  const decided = database.decisions.filter((decision) => decision.marketId === marketId);
  const counts = new Map<bigint, number>();
  for (const { bidId } of decided) counts.set(bidId, (counts.get(bidId) ?? 0) + 1);
  const bids = [...database.bids.values()].filter((bid) => bid.marketId === marketId);
  const lost = bids.filter(({ bidId }) => (counts.get(bidId) ?? 0) + Number(market.undecided.has(bidId)) !== 1);
  const own = new Set(bids.map(({ bidId }) => bidId));
  const moved = database.transfers.filter(({ transfer }) => 'bidId' in transfer && own.has(transfer.bidId)).length;
  const told = log.reduce((sum, { transfers }) => sum + transfers.length, 0);
  return [
    ...lost.map(({ bidId }) => ({ table: 'bid' as const, key: `id ${bidId}`, detail: 'is neither decided nor waiting, or both' })),
    ...(moved === told ? [] : [{ table: 'transfer' as const, key: `${moved}`, detail: `the log knows of ${told}` }]),
  ];
}

/** A market's log with all rows, after a sequence number, at most so many entries. */
export function logOf(database: Database, market: StoredMarket, after = 0n, limit = Infinity): LogRecord[] {
  const decisions = new Map(database.decisions.filter(({ marketId }) => marketId === market.marketId).map((one) => [one.sequence, one]));
  const events = market.events.filter(({ sequence }) => sequence > after).sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
  return events.slice(0, limit).map((event) => recordOf(database, market, event, decisions.get(event.sequence)));
}

function recordOf(database: Database, market: StoredMarket, event: StoredEvent, decision: StoredDecision | undefined): LogRecord {
  const { marketId } = market;
  const { sequence, organisationId, event: said } = event;
  const transfers = database.transfers.filter((one) => belongs(one, event, decision, marketIdsOf(database, marketId)));
  const accepted = decision?.decision.kind === 'accepted' ? { ...decision, decision: decision.decision } : undefined;
  const sale = accepted && saleIn(accepted);
  const receipt = market.receipts.find((one) => one.sequence === sequence);
  const hit = market.hits.find((one) => one.sequence === sequence);
  const revised = hit?.revision?.placements.map((placement) => revisedRow(marketId, hit, placement)) ?? [];
  return {
    sequence,
    event: rowOf({
      market_id: marketId,
      sequence,
      kind: said.kind,
      version: EVENT_TYPES[said.kind].version,
      organisation_id: organisationId,
      payload: payloadJson(said) as object,
    }),
    ...(said.kind === 'market_opened' && { terms: rowOf(termsOf(market)) }),
    ...(said.kind === 'site_added' && { site: siteOf(market, said.payload) }),
    ...(decision && { decision: decisionRow(decision), bid: bidRow(database, decision.bidId) }),
    ...(accepted && { allocation: allocationRow(accepted) }),
    ...(said.kind === 'window_opened' && { window: windowRowOf(market, sequence) }),
    ...(hit && hitRowsOf(marketId, hit)),
    ...(receipt && { receipt: receiptRow(receipt) }),
    placements: [
      ...(accepted && sale ? accepted.decision.footprint.map(({ slot }) => placementRow(accepted, sale, slot)) : []),
      ...revised,
    ],
    transfers: transfers.map((one) => transferRow(one, marketId)),
    entries: transfers.flatMap(entryRows),
  };
}

const marketIdsOf =
  (database: Database, marketId: bigint): ((bidId: bigint) => boolean) =>
  (bidId) =>
    database.bids.get(bidId)?.marketId === marketId;

function belongs(
  { transfer, sequence }: StoredTransfer,
  event: StoredEvent,
  decision: StoredDecision | undefined,
  isOurs: (bidId: bigint) => boolean,
): boolean {
  if (transfer.kind === 'deposit') return false;
  if (transfer.kind === 'hold') return transfer.bidId === decision?.bidId;
  return sequence === event.sequence && isOurs(transfer.bidId);
}

function siteOf(market: StoredMarket, { siteId, name }: PayloadOf<'site_added'>): Row {
  const site = market.sites.find(({ id }) => id === siteId.toString());
  return rowOf({ id: siteId, market_id: market.marketId, ordinal: site?.ordinal ?? null, name });
}

function bidRow(database: Database, bidId: bigint): Row {
  const bid = database.bids.get(bidId);
  if (!bid) return {};
  const { marketId, organisationId, idempotencyKey, body } = bid;
  return rowOf({ id: bidId, market_id: marketId, organisation_id: organisationId, idempotency_key: idempotencyKey, body });
}

function decisionRow({ bidId, marketId, sequence, epoch, arrivalSlot, priceVersion, fundsMicros, decision }: StoredDecision): Row {
  const isAccepted = decision.kind === 'accepted';
  return rowOf({
    bid_id: bidId,
    market_id: marketId,
    sequence,
    epoch,
    outcome: decision.kind,
    arrival_slot: arrivalSlot,
    price_version: priceVersion,
    funds_micros: fundsMicros,
    completion: isAccepted ? decision.completion : null,
    value_micros: isAccepted ? decision.value : null,
    payment_micros: isAccepted ? decision.payment : 0,
    reason: isAccepted ? null : (refusal.write(decision.refusal) as object),
  });
}

type Accepted = Omit<StoredDecision, 'decision'> & { readonly decision: Extract<DecidedBid['decision'], { kind: 'accepted' }> };

const allocationRow = ({ bidId, marketId, kind, decision, links }: Accepted): Row =>
  rowOf({
    bid_id: bidId,
    market_id: marketId,
    kind,
    payment_micros: decision.payment,
    lines: decision.lines,
    plan: JSON.stringify(decision.plan),
    continues: links?.continues ?? null,
    replaces: links?.replaces ?? null,
  });

const placementRow = ({ bidId, marketId }: Accepted, sale: Sale, slot: number): Row =>
  rowOf({ bid_id: bidId, revision: 0, market_id: marketId, slot, amount_micros: slotAmount(sale, slot) });

const revisedRow = (
  marketId: bigint,
  { bidId, revision }: HitRecord,
  { slot, amountMicros }: { slot: number; amountMicros: bigint },
): Row => rowOf({ bid_id: bidId, revision: revision?.revision ?? null, market_id: marketId, slot, amount_micros: amountMicros });

function windowRowOf(market: StoredMarket, sequence: bigint): Row {
  const window = market.windows.find((one) => one.sequence === sequence);
  if (!window) return {};
  const { windowId, marketId, kind, cause, siteId, note, openedBy, capacity } = window;
  const { scope, amounts, from, to, taken } = capacity;
  return rowOf({
    ...{ id: windowId, market_id: marketId, sequence, kind, cause, scope, site_id: siteId, amounts, note, taken },
    from_slot: from,
    to_slot: to,
    ...(openedBy && { opened_by: openedBy }),
  });
}

const hitRowsOf = (marketId: bigint, { bidId, sequence, revision, ending }: HitRecord): Pick<LogRecord, 'revision' | 'ending'> => ({
  ...(revision && {
    revision: rowOf({
      ...{ bid_id: bidId, revision: revision.revision, market_id: marketId, sequence, completion: revision.completion },
      from_slot: revision.fromSlot,
      plan: JSON.stringify(revision.plan),
    }),
  }),
  ...(ending && { ending: rowOf({ bid_id: bidId, market_id: marketId, sequence, ...ending }) }),
});

const transferRow = ({ id, transfer }: StoredTransfer, marketId: bigint): Row =>
  rowOf({
    id,
    kind: transfer.kind,
    debit_account_id: transfer.debitId,
    credit_account_id: transfer.creditId,
    amount_micros: transfer.amount,
    market_id: marketId,
    bid_id: 'bidId' in transfer ? transfer.bidId : null,
    slot: 'slot' in transfer ? transfer.slot : null,
  });

const entryRows = ({ id, transfer }: StoredTransfer): Row[] => [
  rowOf({ transfer_id: id, account_id: transfer.debitId, amount_micros: -transfer.amount }),
  rowOf({ transfer_id: id, account_id: transfer.creditId, amount_micros: transfer.amount }),
];

const receiptRow = ({ marketId, sequence, algorithm, inputHash, priceHash, rows, previousHash, hash }: Receipt): Row =>
  rowOf({
    market_id: marketId,
    sequence,
    algorithm,
    input_hash: inputHash,
    price_hash: priceHash,
    rows,
    previous_hash: previousHash,
    hash,
  });

/** Receipts beside the log; a page is short, so that other things happen between pages. */
export function receiptStoreOf(database: Database, process: Process, pageMax = 8): ReceiptStore {
  const alone = <T>(work: () => T): Promise<T> => database.statement(database.open(process), [], work);
  return {
    unsealed: () =>
      alone(() =>
        [...database.markets.values()]
          .filter(({ sequence, receipts }) => sequence > BigInt(receipts.length))
          .map(({ marketId }) => marketId),
      ),
    next: (marketId) => alone(() => nextPage(database, database.market(marketId), pageMax)),
    append: (receipts) =>
      alone(() => {
        for (const receipt of receipts) appendReceipt(database.market(receipt.marketId), receipt);
      }),
  };
}

function nextPage(database: Database, market: StoredMarket, pageMax: number): Awaited<ReturnType<ReceiptStore['next']>> {
  const last = market.receipts.at(-1);
  const kind = market.events.find(({ sequence }) => sequence === last?.sequence)?.event.kind ?? null;
  const after = last?.sequence ?? 0n;
  return { head: last ? chainAfter(last, kind) : CHAIN_START, records: logOf(database, market, after, pageMax) };
}

function appendReceipt(market: StoredMarket, receipt: Receipt): void {
  if (market.receipts.some(({ sequence }) => sequence === receipt.sequence)) return;
  market.receipts.push(receipt);
}

/** Errors that a process may meet and go on. */
export const isExpected = (cause: unknown): boolean => cause instanceof ConnectionLost;
