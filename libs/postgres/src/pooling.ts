import type { QueryConfig } from 'pg';
import { at } from '#units';
import { createSession, type SessionClient } from './session.js';

/** How often is looked, as others' statements may come in between, and how long an answer may take, ms. */
const LOOKS = 3;
const ANSWER_MS = 2_000;

/** A connection by which a database is looked at. */
export const createProbe = (url: string): SessionClient => createSession(url, { application: 'eris-check', answerMs: PROBE_ANSWER_MS });
const PROBE_ANSWER_MS = 10_000;

/**
 * Whether a pooler stands in between that gives each transaction another session (PgBouncer's `transaction` and `statement` modes). What a session has
 * been set to is then another one's: times would shift, notifications be lost, locks be left behind.
 * @param first a connection to it that nobody else uses. Nothing more is asked where nobody stands in between.
 * @throws what connecting throws.
 */
export async function sharesSessions(url: string, first: SessionClient): Promise<boolean> {
  for (let look = 0; first.isPooled && look < LOOKS; look++) if (await meet(url, first)) return true;
  return false;
}

/** Whether a second connection, while it is in a transaction, has the session of the first one, or has driven it out of it. */
async function meet(url: string, first: SessionClient): Promise<boolean> {
  const before = await processOf(first);
  const second = createProbe(url);
  await second.connect();
  try {
    await second.query('BEGIN');
    if ((await processOf(second)) === before) return true;
    return (await processOf(first)) !== before;
  } catch {
    return true; // it waits for a session that the second one holds, or statements of one transaction went apart
  } finally {
    await second.end();
  }
}

async function processOf(session: SessionClient): Promise<number> {
  const question = { text: 'SELECT pg_backend_pid() AS pid', query_timeout: ANSWER_MS } as QueryConfig;
  return at((await session.query<{ pid: number }>(question)).rows, 0).pid;
}
