import type { Caller, RevokeKey, RevokeKeyOutcome } from '#market';
import type { CallerWatch } from '../http/caller-watch.js';
import type { ApiKeyCache } from '../http/api-key-cache.js';

/** Revokes keys, here at once; other processes notice when what they remember of the key runs out, or when they look after what is long. */
export class KeyRevocation {
  constructor(
    private readonly revokeKey: RevokeKey,
    private readonly keyring: ApiKeyCache,
    private readonly watch: CallerWatch,
  ) {}

  run(request: { readonly caller: Caller; readonly keyId: bigint }): Promise<RevokeKeyOutcome> {
    return this.forgetting(this.revokeKey.run(request));
  }

  runByText(request: { readonly caller: Caller; readonly key: string }): Promise<RevokeKeyOutcome> {
    return this.forgetting(this.revokeKey.runByText(request));
  }

  private async forgetting(revoking: Promise<RevokeKeyOutcome>): Promise<RevokeKeyOutcome> {
    const outcome = await revoking;
    this.keyring.forget();
    void this.watch.look();
    return outcome;
  }
}
