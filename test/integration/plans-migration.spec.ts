import { readFile } from 'node:fs/promises';
import { scheduleCodec } from '#kinds';
import { listMigrations } from '#persistence';
import type { Pool } from 'pg';
import { createTestDatabase } from '../support/postgres.js';

const apply = async (pool: Pool, name: string): Promise<unknown> =>
  pool.query(await readFile(new URL(`../../prisma/migrations/${name}/migration.sql`, import.meta.url), 'utf8'));

// Real: Postgres, the migrations of the repository. Nothing is faked.
it('carries schedules over that lay in the columns of their slots', async () => {
  const database = await createTestDatabase();
  const { pool } = database;
  await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  const names = await listMigrations();
  const kinds = names.findIndex((name) => name.endsWith('_kinds'));
  for (const name of names.slice(0, kinds)) await apply(pool, name);
  await pool.query(`INSERT INTO organisation (id, parent_id, name) VALUES (1, NULL, 'operator'), (2, 1, 'bidder')`);
  await pool.query(
    `INSERT INTO market (id, organisation_id, name, clock, slot_minutes, horizon_slots, chunk_kb, bandwidth_kb, resources, gamma, unit_micros, reserve_micros, sequence)
       VALUES (1, 1, 'm', 'manual', 20, 50, 2000, 100, '{cpu}', '{}', 1, 0, 2)`,
  );
  for (const bid of [7, 8]) {
    await pool.query(
      `INSERT INTO bid (id, market_id, organisation_id, idempotency_key, request_hash, body) OVERRIDING SYSTEM VALUE VALUES ($1, 1, 2, $2, sha256('x'), '{}')`,
      [bid, `key-${bid}`],
    );
    await pool.query(
      `INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, completion, value_micros, payment_micros)
         VALUES ($1, 1, $1, 1, 'accepted', 0, 1, 100, 5, 30, 30)`,
      [bid],
    );
    await pool.query(`INSERT INTO allocation (bid_id, market_id, payment_micros, lines) VALUES ($1, 1, 30, '[]')`, [bid]);
  }
  await pool.query(
    `INSERT INTO placement (bid_id, market_id, slot, ps, workers, home, moves, amount_micros)
       VALUES (7, 1, 5, 1, '{0,2}', '{0,4}', '{0,1,3,2,1,9}', 10), (7, 1, 3, 0, '{1,0}', '{2,0}', '{}', 20), (8, 1, 4, 0, '{1}', '{1}', '{}', 30)`,
  );
  await apply(pool, names[kinds]);
  const { rows } = await pool.query<{ kind: string; plan: unknown }>('SELECT kind, plan FROM allocation ORDER BY bid_id');
  expect(rows.map(({ kind }) => kind)).toEqual(['training', 'training']);
  expect(scheduleCodec.read(rows[0].plan)).toEqual([
    { slot: 3, ps: 0, workers: [1, 0], moves: [], home: [2, 0] },
    {
      slot: 5,
      ps: 1,
      workers: [0, 2],
      moves: [
        { home: 0, place: 1, chunks: 3 },
        { home: 2, place: 1, chunks: 9 },
      ],
      home: [0, 4],
    },
  ]);
  expect(scheduleCodec.read(rows[1].plan)).toHaveLength(1);
  const placements = await pool.query('SELECT bid_id, revision, slot, amount_micros FROM placement ORDER BY bid_id, slot');
  expect(placements.rows).toEqual([
    { bid_id: 7n, revision: 0, slot: 3, amount_micros: 20n },
    { bid_id: 7n, revision: 0, slot: 5, amount_micros: 10n },
    { bid_id: 8n, revision: 0, slot: 4, amount_micros: 30n },
  ]);
  await expect(pool.query(`UPDATE allocation SET kind = 'other'`)).rejects.toThrow('never changed');
  await database.drop();
});
