import type { Caller, RevokeKey, RevokeKeyOutcome } from '#market';
import type { Keyring } from '../http/keyring.js';

/** Revokes keys, here at once; other processes notice when what they remember of the key runs out. */
export class KeyRevocation {
  constructor(
    private readonly revokeKey: RevokeKey,
    private readonly keyring: Keyring,
  ) {}

  async run(request: { readonly caller: Caller; readonly keyId: bigint }): Promise<RevokeKeyOutcome> {
    const outcome = await this.revokeKey.run(request);
    this.keyring.forget();
    return outcome;
  }
}
