import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError } from './problem-error.js';

type Headers = Pick<IncomingHttpHeaders, 'host' | 'cookie' | 'origin'> & IncomingHttpHeaders;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?$/i;
/** Methods that change nothing, and that browsers send for links and event streams without an Origin. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** What a browser says of a request that its own page made, or that the user typed. */
const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);

/**
 * The cookie that keeps a session, by the host that the browser asked. But on a loopback address it goes over TLS only, and to this host only
 * (`__Host-`); there it carries the port, since browsers give a cookie to every port of a host.
 */
function formOf(host: string | undefined): { readonly name: string; readonly isSecure: boolean } {
  const loopback = LOOPBACK.exec(host ?? '');
  if (!loopback) return { name: '__Host-eris_session', isSecure: true };
  return { name: loopback[1] === undefined ? 'eris_session' : `eris_session_${loopback[1]}`, isSecure: false };
}

/** The session that a browser shows; undefined where it shows none. */
export function sessionIn({ host, cookie }: Headers): string | undefined {
  if (cookie === undefined) return undefined;
  const { name } = formOf(host);
  for (const pair of cookie.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

/** What gives a browser its session, or takes it back where there is none. */
export function cookieOf({ host }: Headers, session?: { readonly text: string; readonly lastsMs: number }): string {
  const { name, isSecure } = formOf(host);
  const age = session === undefined ? 0 : Math.floor(session.lastsMs / 1000);
  return [
    `${name}=${session?.text ?? ''}`,
    'Path=/',
    `Max-Age=${age}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(isSecure ? ['Secure'] : []),
  ].join('; ');
}

/**
 * Refuses what a page of another site has made a browser send: its Origin is another one, or the browser says that it is of another site. What changes
 * something has to name its Origin and to bring a header that no page of another origin can set without being let to.
 * @throws ProblemError origin_not_allowed.
 */
export function checkOrigin(method: string, headers: Headers): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (origin !== undefined && !isSameHost(origin, host)) throw forged(`The request is of ${origin.slice(0, 100)}.`);
  if (typeof site === 'string' && !OWN_SITES.has(site)) throw forged('The browser says that the request is of another site.');
  if (READING.has(method)) return;
  if (origin === undefined && site !== 'same-origin') throw forged('With a session, a change needs the header Origin.');
  if (!headers['x-requested-with']) throw forged('With a session, a change needs the header X-Requested-With.');
}

const forged = (detail: string): ProblemError => new ProblemError('origin_not_allowed', { detail });

/** Whether an origin is a page of that host. The scheme is not compared: TLS may end before this server. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: named } = new URL(origin);
  const own = `${protocol}//${host}`;
  return /^https?:$/.test(protocol) && URL.canParse(own) && new URL(own).host === named;
}
