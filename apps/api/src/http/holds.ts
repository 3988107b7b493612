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

export function createHolds({ requests, bodyBytes, streams, waits, share, bodyLimitBytes }: HoldLimits): Holds {
  const sharesOf = (max: number, least = 1): Shares => ({
    key: Math.min(max, Math.max(least, Math.ceil((max * share) / 2))),
    organisation: Math.min(max, Math.max(least, Math.ceil(max * share))),
    family: Math.min(max, Math.max(least, Math.ceil(max * share * 2))),
  });
  return {
    requests: new Quota({ max: requests, shares: sharesOf(requests), full: 'requests_in_hand', what: 'requests in hand' }),
    bodies: new Quota({
      max: bodyBytes,
      shares: sharesOf(bodyBytes, bodyLimitBytes),
      full: 'bodies_in_hand',
      what: 'bytes of bodies in hand',
    }),
    streams: new Quota({ max: streams, shares: sharesOf(streams), full: 'streams_open', what: 'event streams' }),
    waits: new Quota({ max: waits, shares: sharesOf(waits), full: 'waits_under_way', what: 'requests that wait for decisions' }),
  };
}
