import type { BodyFault } from '#kinds';
import { BANDWIDTH } from '#mechanism';
import type { MarketRecord, SiteRecord } from '../catalogue/index.js';
import type { OpenWindowRequest } from './window-ports.js';

/** What is wrong with a window as its operator writes it. */
export function faultsOf(request: OpenWindowRequest, market: MarketRecord, sites: readonly SiteRecord[]): BodyFault[] {
  const { kind, cause, from = market.slot, to } = request;
  const faults: BodyFault[] = [];
  const expect = (holds: boolean, path: string, message: string): void => void (holds || faults.push({ path, message }));
  expect(from >= market.slot, '$.from', `must not be in the past: the market is in slot ${market.slot}`);
  expect(
    kind === 'outage' || from > market.slot,
    '$.from',
    `must be after the current slot ${market.slot}: maintenance is announced; what has begun is an outage`,
  );
  expect(to === undefined || to > from, '$.to', `must be after from, ${from}: it is the first slot that is not withdrawn any more`);
  expect((cause === 'maintenance') === (kind === 'maintenance') || cause === undefined, '$.cause', `is none of the kind ${kind}`);
  const [siteFaults, amountFaults] = [siteFaultsOf(request, sites), amountFaultsOf(request, market)];
  return [...siteFaults, ...faults, ...amountFaults];
}

type Scoped = Pick<OpenWindowRequest, 'scope' | 'siteId' | 'amounts'>;

/** What is wrong with what is to be withdrawn. */
export const scopeFaults = (request: Scoped, market: MarketRecord, sites: readonly SiteRecord[]): BodyFault[] => [
  ...siteFaultsOf(request, sites),
  ...amountFaultsOf(request, market),
];

function siteFaultsOf({ scope, siteId }: Scoped, sites: readonly SiteRecord[]): BodyFault[] {
  if (scope !== 'site') return siteId === undefined ? [] : [{ path: '$.siteId', message: 'is for windows of a site' }];
  if (sites.some((site) => site.siteId === siteId)) return [];
  return [{ path: '$.siteId', message: siteId === undefined ? 'is missing' : 'is not a site of this market' }];
}

function amountFaultsOf({ scope, amounts }: Scoped, { resources }: MarketRecord): BodyFault[] {
  if (!amounts) return [];
  if (scope === 'market')
    return [{ path: '$.amounts', message: 'is for windows of a site or of the bandwidth: a window of the market withdraws everything' }];
  const known = scope === 'site' ? resources : [BANDWIDTH];
  return Object.keys(amounts)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: `$.amounts.${name}`, message: `is not withdrawn by such a window (${known.join(', ')})` }));
}
