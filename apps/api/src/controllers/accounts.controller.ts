import { type AnswerOf, microsOf } from '#contracts';
import { Deposit, ListAccounts, ListEntries } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { canonicalJson } from '#units';
import { requestHash } from '../http/request-hash.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import type { Reply } from '../http/reply.js';
import { Serves } from '../http/serves.js';
import { accountsView, depositView, entriesView } from '../views/account-views.js';

/** Accounts, deposits and entries. */
@Controller()
export class AccountsController {
  constructor(
    private readonly listAccounts: ListAccounts,
    private readonly listEntries: ListEntries,
    private readonly deposit: Deposit,
  ) {}

  @Serves('listAccounts')
  list(@In() { caller, query }: Input<'listAccounts'>): Promise<AnswerOf<'listAccounts'>> {
    return answer(this.listAccounts.run({ caller, ...rangeOf(query) }), { page: accountsView });
  }

  @Serves('listEntries')
  entries(@In() { caller, params, query }: Input<'listEntries'>): Promise<AnswerOf<'listEntries'>> {
    return answer(this.listEntries.run({ caller, ...params, ...rangeOf(query) }), { page: entriesView });
  }

  @Serves('deposit')
  put(@In() { caller, params, body, idempotencyKey }: Input<'deposit'>): Promise<Reply<AnswerOf<'deposit'>>> {
    return answer(
      this.deposit.run({
        caller,
        ...params,
        idempotencyKey,
        amount: microsOf(body.amount),
        requestHash: requestHash('deposit', canonicalJson(body)),
      }),
      { deposited: depositView },
    );
  }
}
