import type { Pool } from 'pg';

/** Whether a slot `p` belongs to the plan that was in force when its time came. */
const IN_FORCE = `NOT EXISTS (SELECT FROM allocation_revision n WHERE n.bid_id = p.bid_id AND n.revision = p.revision + 1 AND n.from_slot <= p.slot)
  AND NOT EXISTS (SELECT FROM allocation_end x WHERE x.bid_id = p.bid_id AND x.slot <= p.slot)`;

/** Laws that hold in the database whatever has happened to the processes: each counts its violations. */
const LAWS = {
  'every event has the next number of its market': `SELECT count(*) FROM (SELECT sequence, row_number() OVER (PARTITION BY market_id ORDER BY sequence) AS n FROM event) e WHERE sequence <> n`,
  'the market stands at its last event': `SELECT count(*) FROM market m WHERE sequence <> (SELECT max(sequence) FROM event e WHERE e.market_id = m.id)`,
  'nothing of an old epoch comes after a newer one': `SELECT count(*) FROM (SELECT epoch, lag(epoch) OVER (PARTITION BY market_id ORDER BY sequence) AS before FROM decision) d WHERE epoch < before`,
  'a hold ends no more than once per slot, and never beyond what was held': `SELECT count(*) FROM (SELECT bid_id, sum(amount_micros) FILTER (WHERE kind = 'hold') AS held, sum(amount_micros) FILTER (WHERE kind IN ('capture', 'retain', 'void')) AS over FROM transfer WHERE bid_id IS NOT NULL GROUP BY bid_id) t WHERE over > coalesce(held, 0)`,
  'what has run is captured or retained': `SELECT count(*) FROM placement p JOIN market m ON m.id = p.market_id WHERE p.slot < m.slot AND p.amount_micros > 0 AND ${IN_FORCE} AND 1 <> (SELECT count(*) FROM transfer t WHERE t.kind IN ('capture', 'retain') AND t.bid_id = p.bid_id AND t.slot = p.slot AND t.amount_micros = p.amount_micros)`,
  'nobody is decided at a slot before the one that the clock had reached': `SELECT count(*) FROM (SELECT arrival_slot, lag(arrival_slot) OVER (PARTITION BY market_id ORDER BY sequence) AS before FROM decision) d WHERE arrival_slot < before`,
  'every decision has its event': `SELECT count(*) FROM decision d WHERE NOT EXISTS (SELECT FROM event e WHERE e.market_id = d.market_id AND e.sequence = d.sequence AND e.kind = 'bid_' || d.outcome AND e.payload ->> 'bidId' = d.bid_id::text)`,
  'a bid is either undecided or decided': `SELECT count(*) FROM bid b WHERE (EXISTS (SELECT FROM undecided_bid u WHERE u.bid_id = b.id))::int + (EXISTS (SELECT FROM decision d WHERE d.bid_id = b.id))::int <> 1`,
  'an accepted bid has an allocation, its lines and slots add up to its payment': `
    SELECT count(*) FROM decision d LEFT JOIN allocation a ON a.bid_id = d.bid_id
    WHERE d.outcome = 'accepted' AND (a.bid_id IS NULL OR a.payment_micros <> d.payment_micros OR d.payment_micros > d.value_micros
      OR d.payment_micros > d.funds_micros
      OR d.payment_micros <> (SELECT coalesce(sum((line ->> 'amount')::bigint), 0) FROM jsonb_array_elements(a.lines) line)
      OR d.payment_micros <> (SELECT sum(p.amount_micros) FROM placement p WHERE p.bid_id = d.bid_id AND p.revision = 0))`,
  'each payment is held once': `SELECT count(*) FROM decision d WHERE d.payment_micros > 0 AND 1 <> (SELECT count(*) FROM transfer t WHERE t.kind = 'hold' AND t.bid_id = d.bid_id AND t.amount_micros = d.payment_micros)`,
  'entries sum to zero': `SELECT abs(coalesce(sum(amount_micros), 0)) FROM entry`,
  'a balance is the sum of its entries and only funding is negative': `SELECT count(*) FROM account a WHERE balance_micros <> (SELECT coalesce(sum(e.amount_micros), 0) FROM entry e WHERE e.account_id = a.id) OR (balance_micros < 0 AND kind <> 'funding')`,
  'what is retained is of jobs that are not complete': `SELECT count(*) FROM (
      SELECT t.bid_id, sum(CASE t.kind WHEN 'retain' THEN t.amount_micros ELSE -t.amount_micros END) AS kept FROM transfer t
      WHERE t.kind IN ('retain', 'earn', 'refund') GROUP BY t.bid_id
    ) k WHERE kept < 0 OR kept > 0 AND NOT EXISTS (
      SELECT FROM placement p JOIN market m ON m.id = p.market_id WHERE p.bid_id = k.bid_id AND p.slot >= m.slot AND ${IN_FORCE})`,
  'retained has what is retained and not yet earned or refunded': `
    SELECT abs((SELECT coalesce(sum(balance_micros), 0) FROM account WHERE kind = 'retained')
      - (SELECT coalesce(sum(CASE kind WHEN 'retain' THEN amount_micros ELSE -amount_micros END) FILTER (WHERE kind IN ('retain', 'earn', 'refund')), 0) FROM transfer))`,
  'escrow holds what is held and not yet captured, retained or voided': `
    SELECT abs((SELECT coalesce(sum(balance_micros), 0) FROM account WHERE kind = 'escrow')
      - (SELECT coalesce(sum(CASE WHEN kind = 'hold' THEN amount_micros WHEN kind IN ('capture', 'retain', 'void') THEN -amount_micros ELSE 0 END), 0) FROM transfer))`,
  'nothing is oversold': `SELECT count(*) FROM slot_usage u, unnest(used_milli, capacity_milli) AS c(used, capacity) WHERE used < 0 OR used > coalesce(capacity, 0)`,
  'usage is the sum of what was placed': `
    WITH taken AS (
      SELECT a.market_id, (p.slot ->> 'slot')::int AS slot, 1 + (w.site - 1) * array_length(m.resources, 1) + (r.k - 1) AS cell,
        w.workers::int * ceil(coalesce((b.body -> 'worker' ->> r.name)::numeric, 0) * 1000)
          + CASE WHEN (p.slot ->> 'ps')::int = w.site - 1 THEN ceil(coalesce((b.body -> 'ps' ->> r.name)::numeric, 0) * 1000) ELSE 0 END AS milli
      FROM allocation a JOIN bid b ON b.id = a.bid_id JOIN market m ON m.id = a.market_id, json_array_elements(CASE a.kind WHEN 'training' THEN a.plan ELSE '[]' END) AS p(slot),
        json_array_elements_text(p.slot -> 'workers') WITH ORDINALITY AS w(workers, site), unnest(m.resources) WITH ORDINALITY AS r(name, k)
      WHERE NOT EXISTS (SELECT FROM allocation o WHERE o.market_id = a.market_id AND o.kind <> 'training')
        AND NOT EXISTS (SELECT FROM market_window h WHERE h.market_id = a.market_id)
        AND NOT EXISTS (SELECT FROM allocation_end x WHERE x.bid_id = a.bid_id AND x.slot <= (p.slot ->> 'slot')::int)
    ), summed AS (SELECT market_id, slot, cell, sum(milli) AS milli FROM taken GROUP BY 1, 2, 3)
    SELECT count(*) FROM summed s JOIN slot_usage u USING (market_id, slot) WHERE s.milli <> u.used_milli[s.cell + 1]`,
};

/** @returns the laws that are broken, with the size of the damage; empty where all hold. */
export async function brokenLaws(pool: Pool): Promise<string[]> {
  const broken: string[] = [];
  for (const [law, text] of Object.entries(LAWS)) {
    const { rows } = await pool.query<{ damage: string }>(`SELECT (${text})::text AS damage`);
    if (rows[0].damage !== '0') broken.push(`${law}: ${rows[0].damage}`);
  }
  return broken;
}
