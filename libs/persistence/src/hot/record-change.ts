import type { RecordOutcome, RepairCommit, RoundCommit } from '#market';
import { at, invariant } from '#units';
import type { PoolClient } from 'pg';
import { recordHits } from '../lifecycle/record-hits.js';
import { recordTurn } from './record-turn.js';
import { lockWallets } from './wallets.js';

/**
 * Writes a cancellation and the decision of the bid that it is for, in a transaction that holds the market. Nothing is written of the
 * cancellation where the decision is not. The wallet has by then what comes back.
 */
export async function recordChange(client: PoolClient, cancelled: RepairCommit, turn: RoundCommit): Promise<RecordOutcome> {
  await client.query('SAVEPOINT change');
  const isWritten = await recordHits(client, cancelled);
  invariant(isWritten, 'the log of a market that is held stands still');
  const wallets = await lockWallets(
    client,
    turn.payers.map(({ wallet }) => wallet.organisationId),
  );
  const payers = turn.payers.map(({ wallet, slackMicros }) => {
    const now = wallets.find(({ organisationId }) => organisationId === wallet.organisationId);
    invariant(now !== undefined, 'every bidder has a wallet');
    return { wallet: now, slackMicros };
  });
  const outcome = at(await recordTurn(client, { ...turn, payers }), 0);
  if (outcome !== 'recorded') await client.query('ROLLBACK TO SAVEPOINT change');
  return outcome;
}
