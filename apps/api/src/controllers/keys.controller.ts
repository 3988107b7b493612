import type { AnswerOf } from '#contracts';
import { CreateKey, ListKeys } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { faultsProblem } from '../http/problem-error.js';
import { Serves } from '../http/serves.js';
import { KeyRevocation } from '../service/key-revocation.js';
import { createdKeyView, keyOf, keysView, revokedKeyView } from '../views/tenancy-views.js';

/** Keys of organisations. */
@Controller()
export class KeysController {
  constructor(
    private readonly createKey: CreateKey,
    private readonly listKeys: ListKeys,
    private readonly revocation: KeyRevocation,
  ) {}

  @Serves('createKey')
  create(@In() { caller, params, body }: Input<'createKey'>): Promise<AnswerOf<'createKey'>> {
    return answer(this.createKey.run({ caller, ...params, ...keyOf(body) }), { created: createdKeyView, faults: faultsProblem });
  }

  @Serves('listKeys')
  list(@In() { caller, query }: Input<'listKeys'>): Promise<AnswerOf<'listKeys'>> {
    return answer(this.listKeys.run({ caller, ...rangeOf(query) }), { page: keysView });
  }

  @Serves('revokeKey')
  revoke(@In() { caller, params }: Input<'revokeKey'>): Promise<undefined> {
    return answer(this.revocation.run({ caller, ...params }), { revoked: () => undefined });
  }

  @Serves('revokeKeyByText')
  revokeByText(@In() { caller, body }: Input<'revokeKeyByText'>): Promise<AnswerOf<'revokeKeyByText'>> {
    return answer(this.revocation.runByText({ caller, ...body }), { revoked: revokedKeyView });
  }
}
