import { depositLimit, WALLET_MAX } from '#ledger';
import { formatMicros, invariant, micros, type Micros } from '#units';
import { type Codec, hashOfRequest, runOnce } from '../idempotency/index.js';
import type { Caller } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { AccountRecord, AccountsTx } from './ports.js';

/** A deposit that an operator asks for. */
export interface DepositRequest {
  /** The operator whose funding pays. */
  readonly caller: Caller;
  readonly accountId: bigint;
  /** More than zero. */
  readonly amount: Micros;
  readonly idempotencyKey: string;
  /** SHA-256 of the request's body. */
  readonly requestHash: Uint8Array;
}

/** What a deposit is answered with, now and whenever it is repeated. */
export interface Deposited {
  readonly accountId: bigint;
  readonly available: Micros;
  readonly held: Micros;
}

/** In order of precedence. */
export type DepositOutcome =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'role_not_allowed'; readonly detail: string }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'request_in_flight' }
  | { readonly kind: 'balance_limit'; readonly detail: string }
  | { readonly kind: 'deposited'; readonly account: Deposited; readonly replayed: boolean };

/**
 * Puts credits into a wallet of the caller's organisation or of one that it made. An organisation that another one made cannot fill its own
 * wallet, whatever its keys may do: it would pay that one's markets with money of its own making.
 */
export class Deposit {
  constructor(private readonly work: UnitOfWork<AccountsTx>) {}

  async run({ caller, accountId, amount, idempotencyKey, requestHash }: DepositRequest): Promise<DepositOutcome> {
    invariant(amount > 0n, 'a deposit is more than zero');
    const request = {
      organisationId: caller.organisationId,
      key: idempotencyKey,
      requestHash: hashOfRequest(`deposit:${accountId}`, requestHash),
    };
    const outcome = this.work.transaction<DepositOutcome>(async (tx) => {
      const account = await tx.findAccount(caller, accountId);
      if (!account) return { kind: 'not_found' };
      if (account.organisationId === caller.organisationId && account.parentId !== null) return OWN_WALLET;
      const once = await runOnce(tx, { request, codec: DEPOSITED, effect: () => deposit(tx, { caller, accountId, amount }) });
      return once.kind === 'done' ? { kind: 'deposited', account: once.value, replayed: once.replayed } : once;
    });
    return outcome.catch((cause: unknown) => {
      if (cause instanceof BeyondLimit) return { kind: 'balance_limit', detail: cause.message };
      throw cause;
    });
  }
}

/** Takes the transaction back, the claim of its key with it: nothing has happened. */
class BeyondLimit extends Error {}

const LIMIT_DETAILS = {
  wallet: `An account is filled to ${formatMicros(WALLET_MAX)} credits at most; nothing was deposited.`,
  funding: 'Your organisation has put in as much as the ledger can hold, over all of its accounts; nothing was deposited.',
} as const;

const OWN_WALLET = { kind: 'role_not_allowed', detail: 'Your wallet is filled by the operator that made your organisation.' } as const;

async function deposit(
  tx: AccountsTx,
  { caller, accountId, amount }: { caller: Caller; accountId: bigint; amount: Micros },
): Promise<Deposited> {
  const ends = { operatorId: caller.organisationId, walletId: accountId };
  const limit = depositLimit(await tx.lockForDeposit(ends), amount);
  if (limit !== undefined) throw new BeyondLimit(LIMIT_DETAILS[limit]);
  await tx.deposit({ ...ends, amount });
  const after = await tx.findAccount(caller, accountId);
  invariant(after !== undefined, 'an account that was found stays');
  return depositedOf(after);
}

const depositedOf = ({ accountId, available, held }: AccountRecord): Deposited => ({ accountId, available, held });

interface DepositedJson {
  readonly accountId: string;
  readonly available: string;
  readonly held: string;
}

/** Micro-credits as text. */
const DEPOSITED: Codec<Deposited> = {
  toJson: ({ accountId, available, held }): DepositedJson => ({ accountId: `${accountId}`, available: `${available}`, held: `${held}` }),
  fromJson: (json) => {
    const { accountId, available, held } = json as DepositedJson;
    return { accountId: BigInt(accountId), available: micros(BigInt(available)), held: micros(BigInt(held)) };
  },
};
