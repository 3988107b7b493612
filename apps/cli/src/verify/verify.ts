import { type Finding, type Verification, verifyMarket, type VerifyOptions, type VerifyOutcome } from '#market';
import { standardKinds } from '#kinds';
import { checkDatabase, createAuditSource, createPool, unfitOf } from '#persistence';
import { onNamedDatabase } from '../running/named-database.js';
import { BadInput, EXIT, type HostTerminal, progressOf } from '../terminal.js';

/** What is verified, and how that is told. */
export interface VerifySettings {
  readonly marketId: bigint;
  /** Without it, that of the environment, else the embedded one of the data folder. */
  readonly databaseUrl?: string | undefined;
  readonly json: boolean;
}

/**
 * Verifies a market over a connection of its own, and says what it found: in the database that is named, else in the embedded one, which is
 * started for that where it does not run. Sets the exit code.
 * @throws BadInput where there is no such market.
 */
export function verify(terminal: HostTerminal, settings: VerifySettings): Promise<void> {
  return onNamedDatabase(terminal, settings.databaseUrl, (databaseUrl) => verifyIn(terminal, databaseUrl, settings));
}

async function verifyIn(terminal: HostTerminal, databaseUrl: string, settings: VerifySettings): Promise<void> {
  const startedMs = terminal.clock.nowMs();
  const outcome = await verifyShowingProgress(terminal, databaseUrl, settings.marketId);
  if (outcome.kind === 'market_unknown') throw new BadInput([`--market: there is no market ${settings.marketId} in that database`]);
  const { verification } = outcome;
  const seconds = (terminal.clock.nowMs() - startedMs) / 1000;
  terminal.out(settings.json ? `${JSON.stringify(resultOf(verification, seconds))}\n` : `${reportOf(verification, seconds)}\n`);
  if (verification.findings.length > 0) process.exitCode = EXIT.failed;
}

/** Verifies a market of a database, over one connection. Reads only. @throws DatabaseUnfit where it cannot be worked with. */
export async function verifyStored(
  databaseUrl: string,
  marketId: bigint,
  onProgress?: VerifyOptions['onProgress'],
): Promise<VerifyOutcome> {
  await checkDatabase(databaseUrl, { mayBeStandby: true });
  const pool = createPool(databaseUrl, { max: 1 });
  try {
    return await verifyMarket(createAuditSource(pool), marketId, { kinds: standardKinds(), ...(onProgress && { onProgress }) });
  } catch (cause) {
    throw unfitOf(cause, databaseUrl);
  } finally {
    await pool.end();
  }
}

async function verifyShowingProgress(terminal: HostTerminal, databaseUrl: string, marketId: bigint): Promise<VerifyOutcome> {
  let bar: ReturnType<typeof progressOf> | undefined;
  try {
    return await verifyStored(databaseUrl, marketId, (done, total) => {
      bar ??= progressOf(terminal, { label: 'entries verified', total });
      bar.update(done);
    });
  } finally {
    bar?.stop();
  }
}

/** A finding as a line: where, which row, what is wrong. */
export const findingLine = ({ sequence, table, key, detail }: Finding): string =>
  `${sequence === undefined ? 'at the end of the log' : `entry ${sequence}`}: ${table} (${key}): ${detail}`;

function reportOf(verification: Verification, seconds: number): string {
  const { marketId, records, decisions, accepted, lines, transfers, receipts, chainHead, findings } = verification;
  const sealed = chainHead === undefined ? 'no receipts yet' : `${receipts} receipts, the last one ${chainHead.slice(0, 16)}…`;
  const verdict = findings.length === 0 ? `market ${marketId} is as its log says` : `market ${marketId} is NOT as its log says`;
  return [
    `entries    ${records} of the log; ${sealed}`,
    `decisions  ${decisions} decided again, ${accepted} accepted, ${lines} payment lines recomputed`,
    `money      ${transfers} transfers with both their entries`,
    `time       ${seconds.toFixed(1)} s, ${(records / Math.max(seconds, 0.001)).toFixed(0)} entries per second`,
    ...findings.map(findingLine),
    verdict,
  ].join('\n');
}

function resultOf({ sales: _, ...verification }: Verification, seconds: number): Record<string, unknown> {
  const findings = verification.findings.map((finding) => ({ ...finding, sequence: finding.sequence?.toString() }));
  return { ...verification, marketId: verification.marketId.toString(), valid: findings.length === 0, seconds, findings };
}
