import type { Finding, RowTable } from '#market';
import type { PoolClient } from 'pg';

/** Rows named at most, of each kind of stray. */
const NAMED_MAX = 5;

/** Accounts of the market's operator and of everyone who has bid in it. */
const OWN_ACCOUNTS = `
  SELECT id, kind, organisation_id, balance_micros FROM account WHERE organisation_id IN (
    SELECT organisation_id FROM market WHERE id = $1 UNION SELECT organisation_id FROM bid WHERE market_id = $1)`;

/**
 * How far times may contradict each other: clocks of machines differ, and are set right. Less than the least difference between two time zones: what was
 * written in the session of another one is seen.
 */
const TIMES_APART = `interval '10 minutes'`;

/** What must not be there: the table, what is wrong, and a query for the keys. */
const STRAYS: readonly (readonly [table: RowTable, detail: string, keys: string])[] = [
  [
    'event',
    'lies beyond the market',
    `SELECT 'market_id ' || e.market_id || ', sequence ' || e.sequence FROM event e JOIN market m ON m.id = e.market_id WHERE m.id = $1 AND e.sequence > m.sequence`,
  ],
  [
    'decision',
    'has no entry in the log',
    `SELECT 'bid_id ' || d.bid_id FROM decision d WHERE d.market_id = $1 AND NOT EXISTS (SELECT FROM event e WHERE e.market_id = d.market_id AND e.sequence = d.sequence)`,
  ],
  [
    'bid',
    'is neither decided nor waiting, or both',
    `SELECT 'id ' || b.id FROM bid b WHERE b.market_id = $1 AND
       EXISTS (SELECT FROM decision d WHERE d.bid_id = b.id) = EXISTS (SELECT FROM undecided_bid u WHERE u.bid_id = b.id AND u.market_id = b.market_id)`,
  ],
  [
    'allocation',
    'belongs to no accepted bid of this market',
    `SELECT 'bid_id ' || a.bid_id FROM allocation a WHERE a.market_id = $1 AND NOT EXISTS (
       SELECT FROM decision d WHERE d.bid_id = a.bid_id AND d.market_id = a.market_id AND d.outcome = 'accepted')`,
  ],
  [
    'placement',
    'belongs to no allocation of this market',
    `SELECT 'bid_id ' || p.bid_id || ', revision ' || p.revision || ', slot ' || p.slot FROM placement p WHERE p.market_id = $1 AND NOT EXISTS (
       SELECT FROM allocation a WHERE a.bid_id = p.bid_id AND a.market_id = p.market_id)`,
  ],
  [
    'transfer',
    'moves what nothing in the log has moved',
    `SELECT 'id ' || t.id FROM transfer t JOIN market m ON m.id = t.market_id WHERE t.market_id = $1 AND NOT CASE t.kind
       WHEN 'hold' THEN EXISTS (SELECT FROM allocation a WHERE a.bid_id = t.bid_id AND a.market_id = t.market_id)
       WHEN 'capture' THEN EXISTS (SELECT FROM placement p WHERE p.bid_id = t.bid_id AND p.slot = t.slot AND p.market_id = t.market_id AND p.slot < m.slot)
       ELSE EXISTS (SELECT FROM event e WHERE e.market_id = t.market_id AND e.sequence = t.sequence) END`,
  ],
  [
    'allocation_revision',
    'has no entry in the log',
    `SELECT 'bid_id ' || r.bid_id || ', revision ' || r.revision FROM allocation_revision r WHERE r.market_id = $1 AND NOT EXISTS (
       SELECT FROM event e WHERE e.market_id = r.market_id AND e.sequence = r.sequence AND e.kind = 'allocation_repaired')`,
  ],
  [
    'allocation_end',
    'has no entry in the log',
    `SELECT 'bid_id ' || x.bid_id FROM allocation_end x WHERE x.market_id = $1 AND NOT EXISTS (
       SELECT FROM event e WHERE e.market_id = x.market_id AND e.sequence = x.sequence AND e.kind IN ('allocation_failed', 'allocation_left', 'allocation_cancelled'))`,
  ],
  [
    'market_window',
    'is not opened, settled and closed as the log says',
    `SELECT 'id ' || w.id FROM market_window w LEFT JOIN LATERAL (
       SELECT max(e.sequence) FILTER (WHERE e.kind = 'window_opened') AS opened, max(e.sequence) FILTER (WHERE e.kind = 'window_settled') AS settled,
         max(e.sequence) FILTER (WHERE e.kind = 'window_closed') AS closed, max((e.payload ->> 'slot')::int) FILTER (WHERE e.kind = 'window_closed') AS slot
       FROM event e WHERE e.market_id = w.market_id AND e.kind IN ('window_opened', 'window_settled', 'window_closed') AND e.payload ->> 'windowId' = w.id::text
     ) AS e ON true
     WHERE w.market_id = $1 AND (w.sequence, w.settled_sequence, w.closed_sequence, w.closed_slot) IS DISTINCT FROM (e.opened, e.settled, e.closed, e.slot)`,
  ],
  [
    'budget_entry',
    'has no entry in the log that takes of budgets or gives back',
    `SELECT 'id ' || g.id FROM budget_entry g WHERE g.market_id = $1 AND NOT EXISTS (SELECT FROM event e WHERE e.market_id = g.market_id AND e.sequence = g.sequence
       AND e.kind IN ('bid_accepted', 'allocation_repaired', 'allocation_failed', 'allocation_left', 'allocation_cancelled'))`,
  ],
  [
    'budget_entry',
    'is not what its budget holds: the sum of a period is another one',
    `SELECT 'budget_id ' || p.budget_id || ', period ' || p.period FROM budget_period p JOIN budget b ON b.id = p.budget_id
       WHERE b.organisation_id IN (SELECT organisation_id FROM bid WHERE market_id = $1)
         AND p.used_micros <> (SELECT coalesce(sum(g.amount_micros), 0) FROM budget_entry g WHERE g.budget_id = p.budget_id AND g.period = p.period)`,
  ],
  [
    'receipt',
    'has no entry in the log',
    `SELECT 'market_id ' || r.market_id || ', sequence ' || r.sequence FROM receipt r WHERE r.market_id = $1 AND NOT EXISTS (
       SELECT FROM event e WHERE e.market_id = r.market_id AND e.sequence = r.sequence)`,
  ],
  [
    'transfer',
    'has not its two entries',
    `WITH own AS (${OWN_ACCOUNTS})
     SELECT 'id ' || t.id FROM transfer t WHERE (t.debit_account_id IN (SELECT id FROM own) OR t.credit_account_id IN (SELECT id FROM own))
       AND (SELECT coalesce(jsonb_agg(jsonb_build_array(e.account_id, e.amount_micros) ORDER BY e.amount_micros), '[]') FROM entry e WHERE e.transfer_id = t.id)
         <> jsonb_build_array(jsonb_build_array(t.debit_account_id, -t.amount_micros), jsonb_build_array(t.credit_account_id, t.amount_micros))`,
  ],
  [
    'entry',
    'is no side of a transfer',
    `WITH own AS (${OWN_ACCOUNTS})
     SELECT 'transfer_id ' || e.transfer_id || ', account_id ' || e.account_id FROM entry e JOIN own ON own.id = e.account_id
       WHERE NOT EXISTS (SELECT FROM transfer t WHERE t.id = e.transfer_id AND e.account_id IN (t.debit_account_id, t.credit_account_id))`,
  ],
  [
    'account',
    'has a balance that is not the sum of its entries, or below zero',
    `WITH own AS (${OWN_ACCOUNTS})
     SELECT 'id ' || a.id FROM own a WHERE a.balance_micros <> (SELECT coalesce(sum(e.amount_micros), 0) FROM entry e WHERE e.account_id = a.id)
       OR (a.balance_micros < 0 AND a.kind <> 'funding')`,
  ],
  [
    'decision',
    'saw funds that were not in the wallet',
    `WITH own AS (${OWN_ACCOUNTS}), history AS (
       SELECT e.transfer_id, sum(e.amount_micros) OVER (PARTITION BY e.account_id ORDER BY e.position) - e.amount_micros AS funds
       FROM entry e JOIN own ON own.id = e.account_id WHERE own.kind = 'wallet')
     SELECT 'bid_id ' || d.bid_id FROM decision d JOIN transfer t ON t.kind = 'hold' AND t.bid_id = d.bid_id JOIN history h ON h.transfer_id = t.id
       WHERE d.market_id = $1 AND d.funds_micros <> h.funds`,
  ],
  [
    'market',
    'was opened in the future, or after the first thing that happened in it',
    `SELECT 'id ' || m.id FROM market m WHERE m.id = $1 AND m.opened_at > ${TIMES_APART} + least(
       clock_timestamp(), (SELECT min(e.at) FROM event e WHERE e.market_id = m.id), (SELECT min(b.received_at) FROM bid b WHERE b.market_id = m.id))`,
  ],
  [
    'event',
    'is from the future, or from before the entry that it follows',
    `SELECT 'market_id ' || e.market_id || ', sequence ' || e.sequence
     FROM (SELECT e.*, lag(e.at) OVER (ORDER BY e.sequence) AS before FROM event e WHERE e.market_id = $1) e
       WHERE e.at > clock_timestamp() + ${TIMES_APART} OR e.at < e.before - ${TIMES_APART}`,
  ],
  [
    'decision',
    'is from the future, or from before its bid',
    `SELECT 'bid_id ' || d.bid_id FROM decision d JOIN bid b ON b.id = d.bid_id
       WHERE d.market_id = $1 AND (d.decided_at > clock_timestamp() + ${TIMES_APART} OR d.decided_at < b.received_at - ${TIMES_APART})`,
  ],
  [
    'transfer',
    'is from the future, or holds money for a bid of later',
    `SELECT 'id ' || t.id FROM transfer t LEFT JOIN bid b ON b.id = t.bid_id
       WHERE t.market_id = $1 AND (t.created_at > clock_timestamp() + ${TIMES_APART} OR t.created_at < b.received_at - ${TIMES_APART})`,
  ],
];

/**
 * find-strays: what no entry of a market's log leads to.
 * Input:  market. Output: keys, at most NAMED_MAX of each kind.
 * Events: none.
 * Retry:  safe; it reads.
 */
export async function findStrays(client: PoolClient, marketId: bigint): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [table, detail, keys] of STRAYS) {
    const { rows } = await client.query<{ key: string }>(`SELECT key FROM (${keys}) AS stray (key) LIMIT ${NAMED_MAX}`, [marketId]);
    found.push(...rows.map(({ key }) => ({ table, key, detail })));
  }
  return found;
}
