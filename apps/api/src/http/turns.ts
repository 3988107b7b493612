import { type FairLimits, FairQueue, type InTurn, type Party, TurnTooLate } from '#market';
import type { Caller } from './api-key-cache.js';
import { ProblemError } from './problem-error.js';

/**
 * Whose turns a caller's requests take: those of its organisation, in those of its family. The admin key's are its organisation's own.
 * @param isGone whether the request's connection has gone: what it asked for is not done then.
 */
export const partyOf = ({ organisationId, familyId }: Pick<Caller, 'organisationId' | 'familyId'>, isGone?: () => boolean): Party => ({
  organisationId,
  tenantId: familyId,
  ...(isGone && { isGone }),
});

/** Work on connections to the database, shared among tenants by turns. */
export interface SharedWork {
  readonly inTurn: InTurn;
  /** What waits and what is under way. */
  readonly count: () => number;
}

const RETRY_AFTER = { 'retry-after': '1' };

/** @param what is shared, in words: "reads". The work rejects with a ProblemError where it has to come again later; nothing is done then. */
export function shareWork(what: string, limits: FairLimits): SharedWork {
  const queue = new FairQueue(limits);
  const inTurn: InTurn = async (party, work) => {
    const turn = queue.run(party, work);
    if (turn === 'share_used') throw new ProblemError('share_exceeded', { detail: shareDetail(what, limits) }, RETRY_AFTER);
    if (turn === 'full')
      throw new ProblemError('database_busy', { detail: `The server has ${limits.inAll} ${what} under way.` }, RETRY_AFTER);
    try {
      return await turn;
    } catch (cause) {
      if (cause instanceof TurnTooLate)
        throw new ProblemError(
          'database_busy',
          { detail: 'The turn of this request did not come in time; nothing was done.' },
          RETRY_AFTER,
        );
      throw cause;
    }
  };
  return { inTurn, count: () => queue.waitingCount + queue.runningCount };
}

const shareDetail = (what: string, { perOrganisation, perTenant }: FairLimits): string =>
  `An organisation may have ${perOrganisation} ${what} under way at once, and an operator with the organisations that it made ${perTenant}.`;
