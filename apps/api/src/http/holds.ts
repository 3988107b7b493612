import { Quota, type Shares } from './quota.js';

/** How much may be under way at once in a process. */
export interface HoldLimits {
  readonly requests: number;
  /** Bytes of bodies. */
  readonly bodyBytes: number;
  readonly streams: number;
  readonly waits: number;
  /** Of each, what one organisation may have, as a part of 1; its family twice as much, each of its keys half as much. */
  readonly share: number;
  /** The largest body: any share holds one. */
  readonly bodyLimitBytes: number;
}

/** Everything that requests hold while they are under way. */
export interface Holds {
  readonly requests: Quota;
  readonly bodies: Quota;
  readonly streams: Quota;
  readonly waits: Quota;
}

/** What one organisation may have of what all share, as a part of 1, where nothing is said. */
export const TENANT_SHARE = 0.25;

/** Shares of so much: an organisation's, twice as much for its family, half as much for a key; each holds the `least`, where there is so much. */
export function sharesOf(max: number, { share, least = 1 }: { readonly share: number; readonly least?: number }): Shares {
  const atLeast = (part: number): number => Math.min(max, Math.max(least, Math.ceil(max * part)));
  return { key: atLeast(share / 2), organisation: atLeast(share), family: atLeast(share * 2) };
}

/** Makes the quotas of a process from its limits. */
export function createHolds({ requests, bodyBytes, streams, waits, share, bodyLimitBytes }: HoldLimits): Holds {
  return {
    requests: new Quota({ max: requests, shares: sharesOf(requests, { share }), full: 'requests_in_hand', what: 'requests in hand' }),
    bodies: new Quota({
      max: bodyBytes,
      shares: sharesOf(bodyBytes, { share, least: bodyLimitBytes }),
      full: 'bodies_in_hand',
      what: 'bytes of bodies in hand',
    }),
    streams: new Quota({ max: streams, shares: sharesOf(streams, { share }), full: 'streams_open', what: 'event streams' }),
    waits: new Quota({ max: waits, shares: sharesOf(waits, { share }), full: 'waits_under_way', what: 'requests that wait for decisions' }),
  };
}
