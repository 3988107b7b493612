import type { AnswerOf } from '#contracts';
import { SESSION_MS, type Sessions } from '#market';
import { answer } from '../http/answer.js';
import type { Caller } from '../http/api-key-cache.js';
import type { ApiKeyCache } from '../http/api-key-cache.js';
import type { CallerWatch } from '../http/caller-watch.js';
import { Reply } from '../http/reply.js';
import { cookieOf } from '../http/session-cookie.js';
import { sessionView, signedInView } from '../views/tenancy-views.js';

/** Who signs in or out, and by which host the browser reached us. */
interface Asking {
  readonly caller: Caller;
  readonly host: string | undefined;
}

/** Signs browsers in and out: here at once; other processes notice as they do of revoked keys. */
export class BrowserSessions {
  constructor(
    private readonly sessions: Sessions,
    private readonly keyring: ApiKeyCache,
    private readonly watch: CallerWatch,
  ) {}

  async signIn({ caller, host }: Asking): Promise<Reply<AnswerOf<'signIn'>>> {
    const { text, session } = await this.sessions.signIn(caller);
    return new Reply(sessionView(session), undefined, { 'set-cookie': cookieOf({ host }, { text, lastsMs: SESSION_MS }) });
  }

  whoami({ caller }: Asking): Promise<AnswerOf<'whoami'>> {
    return answer(this.sessions.whoami(caller), { found: (found) => signedInView(caller, found) });
  }

  signOut({ caller, host }: Asking): Promise<Reply<undefined>> {
    return this.over(this.sessions.signOut(caller), host);
  }

  signOutEverywhere({ caller, host }: Asking): Promise<Reply<undefined>> {
    return this.over(this.sessions.signOutEverywhere(caller), host);
  }

  private async over(ending: Promise<void>, host: string | undefined): Promise<Reply<undefined>> {
    await ending;
    this.keyring.forget();
    void this.watch.look();
    return new Reply(undefined, undefined, { 'set-cookie': cookieOf({ host }) });
  }
}
