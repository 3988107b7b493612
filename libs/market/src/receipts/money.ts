import { type AccountKind, type Movement, transferOf } from '#ledger';
import { differences } from './expected-rows.js';
import type { AuditAccount } from './ports.js';
import type { Finding, LogRecord, Row } from './rows.js';

/** Finds accounts by owner and kind. */
export class AccountBook {
  private readonly ids: ReadonlyMap<string, bigint>;

  constructor(accounts: readonly AuditAccount[]) {
    this.ids = new Map(accounts.map(({ accountId, organisationId, kind }) => [`${organisationId} ${kind}`, accountId]));
  }

  /** 0 where the organisation has no such account: no account has that id. */
  idOf(organisationId: bigint, kind: AccountKind): bigint {
    return this.ids.get(`${organisationId} ${kind}`) ?? 0n;
  }
}

/** Holds an entry's transfers, and their two sides, against what must have moved. */
export function moneyFindings(record: LogRecord, expected: readonly Movement[], accounts: AccountBook): Finding[] {
  const { sequence } = record;
  const left = new Map(record.transfers.map((row) => [nameOf(row.kind, row.bid_id, row.slot), row]));
  for (const must of expected) {
    const name = nameOf(must.kind, must.bidId, must.slot);
    const row = left.get(name);
    if (!row) return [{ sequence, table: 'transfer', key: name, detail: 'is missing' }];
    left.delete(name);
    const findings = transferFindings(record, row, must, accounts);
    if (findings.length > 0) return findings;
  }
  const [stray] = left.values();
  return stray ? [{ sequence, table: 'transfer', key: `id ${stray.id}`, detail: 'moves what nothing in the log has moved' }] : [];
}

type Text = Row[string] | undefined;

const nameOf = (kind: Text, bidId: Text | bigint, slot: Text | number): string =>
  `${kind} of bid ${bidId}${slot === null ? '' : `, slot ${slot}`}`;

function transferFindings(record: LogRecord, row: Row, must: Movement, accounts: AccountBook): Finding[] {
  const { sequence } = record;
  const { debitId, creditId, amount } = transferOf(must, (ownerId, kind) => accounts.idOf(ownerId, kind));
  const expected = {
    kind: must.kind,
    debit_account_id: debitId,
    credit_account_id: creditId,
    amount_micros: amount,
    market_id: record.event.market_id ?? null,
    bid_id: must.bidId,
    slot: must.slot,
  };
  const entries = new Map(record.entries.filter((entry) => entry.transfer_id === row.id).map((entry) => [entry.account_id, entry]));
  const side = (accountId: bigint, moved: bigint): Finding[] =>
    differences(sequence, 'entry', entries.get(accountId.toString()), {
      transfer_id: row.id ?? null,
      account_id: accountId,
      amount_micros: moved,
    });
  return [...differences(sequence, 'transfer', row, expected), ...side(debitId, -amount), ...side(creditId, amount)].slice(0, 1);
}
