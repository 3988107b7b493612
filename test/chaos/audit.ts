import { type Finding, verifyMarket } from '#market';
import { standardKinds } from '#kinds';
import { createAuditSource } from '#persistence';
import type { Pool } from 'pg';
import { brokenLaws } from '../support/market-laws.js';
import { until } from '../support/until.js';
import type { Acknowledged, WorkloadClients } from './workload-clients.js';
import type { Reader } from './reader.js';

const REPEATED = 12;
const QUIET = { everyMs: 50, maxMs: 60_000 };

/** Waits until every bid is decided, and everybody is dealt with whom a window has hit. @returns how long that took, ms. */
export async function quiet(pool: Pool): Promise<number> {
  const beganMs = performance.now();
  const BUSY = 'SELECT FROM undecided_bid UNION ALL SELECT FROM market_window WHERE settled_sequence IS NULL LIMIT 1';
  await until(async () => (await pool.query(BUSY)).rows.length === 0, QUIET);
  return performance.now() - beganMs;
}

/** Holds what clients were told and what is stored against each other, and both against the laws. @returns what is wrong. */
export async function audit(pool: Pool, crowd: WorkloadClients, reader: Reader): Promise<string[]> {
  return [
    ...crowd.takeFaults(),
    ...(await brokenLaws(pool)),
    ...(await lostBids(pool, crowd)),
    ...(await changedDecisions(pool, crowd)),
    ...(await changedCancellations(pool, crowd)),
    ...(await halfChanges(pool, crowd)),
    ...(await otherAnswers(crowd)),
    ...(await brokenStream(pool, reader)),
  ];
}

/** Decides every market again from its log. @returns what differs. */
export async function replay(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: bigint }>('SELECT id FROM market ORDER BY id');
  const findings: string[] = [];
  for (const { id } of rows) {
    const outcome = await verifyMarket(createAuditSource(pool), id, { kinds: standardKinds() });
    if (outcome.kind !== 'verified') findings.push(`market ${id} is not there`);
    else findings.push(...outcome.verification.findings.map((finding) => findingLine(id, finding)));
  }
  return findings;
}

const findingLine = (marketId: bigint, { sequence, table, key, detail }: Finding): string =>
  `replay of market ${marketId}, entry ${sequence}: ${table} (${key}): ${detail}`;

async function lostBids(pool: Pool, { acknowledged }: WorkloadClients): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; name: string }>(
    `SELECT id::text, organisation_id || ' ' || idempotency_key AS name FROM bid`,
  );
  const stored = new Map(rows.map(({ id, name }) => [name, id]));
  return acknowledged.flatMap(({ bidId, organisationId, key }) => {
    const found = stored.get(`${organisationId} ${key}`);
    return found === bidId ? [] : [`bid ${bidId} (${key}) was acknowledged; stored under its key is ${found ?? 'nothing'}`];
  });
}

async function changedDecisions(pool: Pool, { told }: WorkloadClients): Promise<string[]> {
  const { rows } = await pool.query<{ bid_id: string; answer: string }>(
    `SELECT bid_id::text, outcome || ' ' || sequence || ' ' || payment_micros AS answer FROM decision`,
  );
  const stored = new Map(rows.map(({ bid_id, answer }) => [bid_id, answer]));
  return told.flatMap(({ bidId, status, sequence, payment }) => {
    const answer = `${status} ${sequence} ${Math.round(Number(payment) * 1e6)}`;
    return stored.get(bidId) === answer ? [] : [`bid ${bidId} was told ${answer}; stored is ${stored.get(bidId) ?? 'nothing'}`];
  });
}

/** What a bidder was told to have given back is in the log once, with what was to come back. */
async function changedCancellations(pool: Pool, { thoughts: { cancelled } }: WorkloadClients): Promise<string[]> {
  const { rows } = await pool.query<{ bid_id: string; sequence: string; returned: string }>(
    `SELECT payload ->> 'bidId' AS bid_id, sequence::text, payload ->> 'returnedMicros' AS returned FROM event WHERE kind = 'allocation_cancelled'`,
  );
  return cancelled.flatMap(({ bidId, sequence, returned }) => {
    const stored = rows.filter((row) => row.bid_id === bidId).map((row) => `entry ${row.sequence}, ${row.returned}`);
    const told = `entry ${sequence}, ${Math.round(Number(returned) * 1e6)}`;
    return stored.length === 1 && stored[0] === told
      ? []
      : [`bid ${bidId} was told to be cancelled by ${told}; stored is ${stored.join('; ')}`];
  });
}

/** What a bidder was told to have changed has ended by the entry before the acceptance that took its place, and so has all that anything took the place of. */
async function halfChanges(pool: Pool, { thoughts: { changed } }: WorkloadClients): Promise<string[]> {
  const { rows } = await pool.query<{ old: string; new: string; is_whole: boolean }>(
    `SELECT a.replaces::text AS old, a.bid_id::text AS new, EXISTS (SELECT FROM allocation_end x JOIN decision d ON d.bid_id = a.bid_id
       WHERE x.bid_id = a.replaces AND x.market_id = d.market_id AND x.sequence = d.sequence - 1 AND x.ending = 'cancelled') AS is_whole
     FROM allocation a WHERE a.replaces IS NOT NULL`,
  );
  const stored = new Map(rows.map((row) => [row.old, row.new]));
  return [
    ...rows.filter(({ is_whole }) => !is_whole).map((row) => `bid ${row.new} was accepted for ${row.old}, which did not end with that`),
    ...changed
      .filter(({ bidId, newId }) => stored.get(bidId) !== newId)
      .map(({ bidId, newId }) => `bid ${bidId} was told to be changed for ${newId}; stored is ${stored.get(bidId) ?? 'nothing'}`),
  ];
}

/** The same key has the same answer, and no other body may have it. */
async function otherAnswers(crowd: WorkloadClients): Promise<string[]> {
  const step = Math.max(1, Math.floor(crowd.acknowledged.length / REPEATED));
  const some = crowd.acknowledged.filter((_, index) => index % step === 0);
  const wrong = await Promise.all(some.map((bid) => wrongAnswers(crowd, bid)));
  return wrong.flat();
}

async function wrongAnswers(crowd: WorkloadClients, bid: Acknowledged): Promise<string[]> {
  const [same, other] = [await crowd.repeat(bid), await crowd.repeat(bid, { label: 'another body' })];
  const { id } = JSON.parse(same.text) as { id?: string };
  return [
    ...(same.status === 202 && id === bid.bidId ? [] : [`${bid.key} repeated: ${same.status} ${same.text} in place of bid ${bid.bidId}`]),
    ...(other.status === 422 ? [] : [`${bid.key} with another body: ${other.status} ${other.text}`]),
  ];
}

/** The reader has every event of its market once, in order. */
async function brokenStream(pool: Pool, reader: Reader): Promise<string[]> {
  const { rows } = await pool.query<{ kind: string }>('SELECT kind FROM event WHERE market_id = $1 ORDER BY sequence', [
    BigInt(reader.marketId),
  ]);
  await until(() => reader.events.length >= rows.length, QUIET);
  const wrong = reader.events.findIndex(({ sequence, kind }, index) => sequence !== index + 1 || kind !== rows[index]?.kind);
  return wrong < 0 ? [] : [`the stream's event ${wrong + 1} is number ${reader.events[wrong].sequence} (${reader.events[wrong].kind})`];
}
