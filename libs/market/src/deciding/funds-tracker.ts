import type { BudgetCap } from '#log';
import { type PaymentLine, type Valuation, valueAt } from '#mechanism';
import { invariant } from '#units';
import type { BookTerms } from '../book/index.js';
import { type BudgetCharge, chargesOf, type Spending } from '../budgets/index.js';
import type { Payer, QueuedBid, Wallet } from './ports.js';

interface BidderFunds {
  readonly wallet: Wallet;
  fundsMicros: bigint;
  slackMicros: bigint;
  pays: boolean;
}

/**
 * What bidders can pay: what their wallets held, less what the bids decided so far have taken. It also keeps how far their funds may have moved
 * meanwhile without any difference to what was decided: nobody pays more than finishing at once is worth, so a bid with at least that much in
 * the wallet is decided as if funds had no end. Budgets are kept beside it, of those who have any.
 */
export class FundsTracker {
  private readonly funds: Map<bigint, BidderFunds>;

  constructor(
    wallets: readonly Wallet[],
    private readonly spending?: Spending,
  ) {
    const fundsOf = (wallet: Wallet): BidderFunds => ({
      wallet,
      fundsMicros: wallet.fundsMicros,
      slackMicros: wallet.fundsMicros,
      pays: false,
    });
    this.funds = new Map(wallets.map((wallet) => [wallet.organisationId, fundsOf(wallet)]));
  }

  /** A bidder's wallet, and what is left of it, micro-credits. */
  of(organisationId: bigint): { readonly wallet: Wallet; readonly fundsMicros: bigint } {
    const own = this.funds.get(organisationId);
    invariant(own !== undefined, 'every bidder has a wallet');
    return own;
  }

  /** What budgets leave to a bid; undefined where none counts it. */
  capsOf(bid: QueuedBid, state: BookTerms): readonly BudgetCap[] | undefined {
    return this.spending?.capsOf(bid, state);
  }

  /** An accepted bid takes that of the budgets that count it. */
  charged(caps: readonly BudgetCap[], lines: readonly PaymentLine[]): void {
    this.spending?.charged(chargesOf(caps, lines));
  }

  /** So much comes back to a bidder before its next bid is decided, and to its budgets. */
  returned(organisationId: bigint, returnedMicros: bigint, charges: readonly BudgetCharge[]): void {
    const own = this.funds.get(organisationId);
    invariant(own !== undefined, 'every bidder has a wallet');
    own.fundsMicros += returnedMicros;
    this.spending?.returned(charges);
  }

  /** A bid of the bidder was decided with what was left: it pays so much, micro-credits. */
  decided(organisationId: bigint, valuation: Valuation, paymentMicros: bigint): void {
    const own = this.funds.get(organisationId);
    invariant(own !== undefined, 'every bidder has a wallet');
    const slackMicros = own.fundsMicros - valueAt(valuation, 0);
    if (slackMicros < own.slackMicros) own.slackMicros = slackMicros;
    if (paymentMicros === 0n) return;
    own.pays = true;
    own.fundsMicros -= paymentMicros;
    invariant(own.fundsMicros >= 0n, 'nobody pays more than is there');
  }

  /** Those who pay. */
  payers(): Payer[] {
    return [...this.funds.values()].filter(({ pays }) => pays).map(({ wallet, slackMicros }) => ({ wallet, slackMicros }));
  }
}
