import type { Socket } from 'node:net';

/** Groups of an IPv6 address that tell one subscriber from another. */
const NETWORK_GROUPS = 4;

/** Whose connection it is: an IPv4 address, or the network (/64) of an IPv6 one, since a subscriber has all of its addresses. */
export function addressOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
  if (remoteAddress.startsWith('::ffff:') && remoteAddress.includes('.')) return remoteAddress.slice('::ffff:'.length);
  if (!remoteAddress.includes(':')) return remoteAddress;
  const [head = '', tail] = remoteAddress.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...first, ...new Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last];
  return groups.slice(0, NETWORK_GROUPS).join(':');
}
