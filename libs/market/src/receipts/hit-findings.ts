import { budgetFindings } from './budget-findings.js';
import { differences, endingRow, eventColumns, revisionRow } from './expected-rows.js';
import type { ExpectedHit } from './replay-hits.js';
import type { Finding, LogRecord } from './rows.js';

/** Holds an entry about a hit, and what was written with it, against what it must have been. Money is looked at elsewhere. */
export function hitFindings(marketId: bigint, found: LogRecord, { record, violations }: ExpectedHit): Finding[] {
  const { sequence } = found;
  const [violation] = violations;
  if (violation !== undefined) return [{ sequence, table: 'allocation_revision', key: `bid_id ${record.bidId}`, detail: violation }];
  const own = differences(sequence, 'event', found.event, { ...eventColumns(record.event), organisation_id: record.organisationId });
  if (own.length > 0) return own;
  return [
    ...revisionFindings(marketId, found, record),
    ...endingFindings(marketId, found, record),
    ...budgetFindings(found, record.bidId, record.charges ?? []),
  ];
}

function revisionFindings(marketId: bigint, { sequence, revision: row, placements }: LogRecord, record: ExpectedHit['record']): Finding[] {
  const { revision, bidId } = record;
  const key = `bid_id ${bidId}`;
  if (!revision) return row ? [{ sequence, table: 'allocation_revision', key, detail: 'is of an entry that repairs nothing' }] : [];
  const placed = new Map(placements.map((placement) => [placement.slot, placement]));
  const extra = placements.length - revision.placements.length;
  return [
    ...differences(sequence, 'allocation_revision', row, revisionRow(marketId, record, revision)),
    ...revision.placements.flatMap(({ slot, amountMicros }) =>
      differences(sequence, 'placement', placed.get(slot.toString()), {
        bid_id: bidId,
        revision: revision.revision,
        slot,
        market_id: marketId,
        amount_micros: amountMicros,
      }),
    ),
    ...(extra > 0 ? [{ sequence, table: 'placement' as const, key, detail: `${extra} more than the plan has` }] : []),
  ];
}

function endingFindings(marketId: bigint, { sequence, ending: row }: LogRecord, record: ExpectedHit['record']): Finding[] {
  if (record.ending) return differences(sequence, 'allocation_end', row, endingRow(marketId, record, record.ending));
  return row ? [{ sequence, table: 'allocation_end', key: `bid_id ${row.bid_id}`, detail: 'is of an entry that ends nothing' }] : [];
}
