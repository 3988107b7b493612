import type { AnswerOf } from '#contracts';
import { Controller } from '@nestjs/common';
import { In, type Input } from '../http/input.js';
import type { Reply } from '../http/reply.js';
import { Serves } from '../http/serves.js';
import { BrowserSessions } from '../service/browser-sessions.js';

/** Sessions of browsers. */
@Controller()
export class SessionsController {
  constructor(private readonly sessions: BrowserSessions) {}

  @Serves('signIn')
  signIn(@In() input: Input<'signIn'>): Promise<Reply<AnswerOf<'signIn'>>> {
    return this.sessions.signIn(input);
  }

  @Serves('whoami')
  whoami(@In() input: Input<'whoami'>): Promise<AnswerOf<'whoami'>> {
    return this.sessions.whoami(input);
  }

  @Serves('signOut')
  signOut(@In() input: Input<'signOut'>): Promise<Reply<undefined>> {
    return this.sessions.signOut(input);
  }

  @Serves('signOutEverywhere')
  signOutEverywhere(@In() input: Input<'signOutEverywhere'>): Promise<Reply<undefined>> {
    return this.sessions.signOutEverywhere(input);
  }
}
