import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, migrate, startEmbeddedPostgres } from '#persistence';
import { liveLearning } from '../../test/support/learning-history.js';

const BIDS_PER_SLOT = 500;

/** What a long history of a learning market and its replay came to. */
export interface LearningReplayed {
  readonly replayedBids: number;
  readonly replayedLevels: number;
  /** Entries of the log that do not follow: 0. */
  readonly replayFindings: number;
}

/** Lets a market learn its prices from so many bids, in a Postgres of its own, and replays its log. @throws where an entry does not follow. */
export async function learningReplay(bidCount: number): Promise<LearningReplayed> {
  const folder = await mkdtemp(join(tmpdir(), 'eris-bench-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  try {
    await migrate(server.url);
    const pool = createPool(server.url);
    const { bids, levels, distinctLevels, left, verification } = await liveLearning(
      { pool, url: server.url },
      { bidCount, bidsPerSlot: BIDS_PER_SLOT },
    );
    await pool.end();
    const { findings, decisions, accepted } = verification;
    console.log(
      `replay: ${bids} bids, ${accepted} accepted, ${levels} levels (${distinctLevels} different, ${left} bids left for later in all); ${decisions} decided again`,
    );
    for (const finding of findings) console.log(`  ${finding.table} ${finding.key}: ${finding.detail}`);
    return { replayedBids: bids, replayedLevels: levels, replayFindings: findings.length };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
