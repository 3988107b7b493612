import { defineOperations, MEMBERS } from '../operation.js';
import { newSession, signedIn } from '../schemas/tenancy.js';

const tag = 'sessions';

/** Operations on sessions of browsers. */
export const sessionOperations = defineOperations({
  signIn: {
    method: 'POST',
    path: '/v1/sessions',
    tag,
    summary: 'Sign a browser in with an API key',
    description:
      'Takes the key in `Authorization`, once. The answer sets a cookie that no script can read (HttpOnly, SameSite=Strict, and Secure but on a loopback address); with it the browser asks whatever the key may ask, event streams too, for 12 hours or until it signs out or the key is revoked. What changes something then needs `X-Requested-With` and an `Origin` of this server. A key has 50 sessions at most: one more ends the oldest.',
    policy: MEMBERS,
    scope: null,
    keyOnly: true,
    responses: { 201: { description: 'Signed in', schema: newSession, headers: ['Set-Cookie'] } },
  },
  whoami: {
    method: 'GET',
    path: '/v1/session',
    tag,
    summary: 'Who you are: your key, its organisation, and your session',
    policy: MEMBERS,
    scope: null,
    responses: { 200: { description: 'You', schema: signedIn } },
    problems: ['not_found'],
  },
  signOut: {
    method: 'DELETE',
    path: '/v1/session',
    tag,
    summary: 'Sign out here',
    description: 'Ends the session of this browser and its event streams. With a key in place of a session nothing ends.',
    policy: MEMBERS,
    scope: null,
    responses: { 204: { description: 'Signed out; the cookie is taken back', headers: ['Set-Cookie'] } },
  },
  signOutEverywhere: {
    method: 'DELETE',
    path: '/v1/sessions',
    tag,
    summary: 'Sign out everywhere',
    description: 'Ends all sessions that were opened with your key, within five seconds on every server. The key stays good.',
    policy: MEMBERS,
    scope: null,
    responses: { 204: { description: 'Signed out; the cookie is taken back', headers: ['Set-Cookie'] } },
  },
});
