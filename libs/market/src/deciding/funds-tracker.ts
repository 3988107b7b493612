import { type Valuation, valueAt } from '#mechanism';
import { invariant } from '#units';
import type { Payer, Wallet } from './ports.js';

interface Purse {
  readonly wallet: Wallet;
  fundsMicros: bigint;
  slackMicros: bigint;
  pays: boolean;
}

/**
 * What bidders can pay: what their wallets held, less what the bids decided so far have taken. It also keeps how far their funds may have moved
 * meanwhile without any difference to what was decided: nobody pays more than finishing at once is worth, so a bid with at least that much in
 * the purse is decided as if funds had no end.
 */
export class FundsTracker {
  private readonly purses: Map<bigint, Purse>;

  constructor(wallets: readonly Wallet[]) {
    const purseOf = (wallet: Wallet): Purse => ({ wallet, fundsMicros: wallet.fundsMicros, slackMicros: wallet.fundsMicros, pays: false });
    this.purses = new Map(wallets.map((wallet) => [wallet.organisationId, purseOf(wallet)]));
  }

  /** A bidder's wallet, and what is left of it, micro-credits. */
  of(organisationId: bigint): { readonly wallet: Wallet; readonly fundsMicros: bigint } {
    const purse = this.purses.get(organisationId);
    invariant(purse !== undefined, 'every bidder has a wallet');
    return purse;
  }

  /** A bid of the bidder was decided with what was left: it pays so much, micro-credits. */
  decided(organisationId: bigint, valuation: Valuation, paymentMicros: bigint): void {
    const purse = this.purses.get(organisationId);
    invariant(purse !== undefined, 'every bidder has a wallet');
    const slackMicros = purse.fundsMicros - valueAt(valuation, 0);
    if (slackMicros < purse.slackMicros) purse.slackMicros = slackMicros;
    if (paymentMicros === 0n) return;
    purse.pays = true;
    purse.fundsMicros -= paymentMicros;
    invariant(purse.fundsMicros >= 0n, 'nobody pays more than is there');
  }

  /** Those who pay. */
  payers(): Payer[] {
    return [...this.purses.values()].filter(({ pays }) => pays).map(({ wallet, slackMicros }) => ({ wallet, slackMicros }));
  }
}
