import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'undici';
import type { AnswerOf } from '#sdk';
import type { BidRequest } from './bid-source.js';
import type { Meter } from './meter.js';

type BulkResults = AnswerOf<'placeBids'>['results'];

const OVERLOADED: readonly number[] = [429, 503];
const RETRY_MS_MAX = 1_000;

/** Sends a request and tells the meter what came of it; never rejects. @returns how long the server asks to stay away, ms. */
export async function send(pool: Pool, request: BidRequest, meter: Meter, dueMs: number): Promise<number> {
  meter.sent += request.bids;
  try {
    const answer = await pool.request({ method: 'POST', path: request.path, headers: request.headers, body: request.body });
    const text = await answer.body.text();
    if (answer.statusCode === 202) meter.ack([idOf(text)], dueMs);
    else if (answer.statusCode === 200) ackMany(meter, text, dueMs);
    else if (OVERLOADED.includes(answer.statusCode)) return turnAway(meter, request.bids, answer.headers['retry-after']);
    else meter.fail(`${answer.statusCode} ${text.slice(0, 200)}`);
  } catch (cause) {
    meter.fail(cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause));
    await sleep(RETRY_MS_MAX / 10); // nobody there: don't spin
  }
  return 0;
}

const idOf = (text: string): string => (JSON.parse(text) as AnswerOf<'placeBid'>).id;

function ackMany(meter: Meter, text: string, dueMs: number): void {
  const { results } = JSON.parse(text) as { results: BulkResults };
  const ids = results.flatMap((result) => ('id' in result ? [result.id] : []));
  if (ids.length > 0) meter.ack(ids, dueMs);
  for (const result of results) {
    if (!('problem' in result)) continue;
    if (OVERLOADED.includes(result.problem.status)) meter.turnedAway++;
    else meter.fail(`${result.problem.status} ${result.problem.title}`);
  }
}

function turnAway(meter: Meter, bids: number, retryAfter: string | string[] | undefined): number {
  meter.turnedAway += bids;
  return Math.min(RETRY_MS_MAX, Number(retryAfter ?? 1) * 1000);
}
