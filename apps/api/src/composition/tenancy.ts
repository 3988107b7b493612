import {
  bucketOf,
  CreateKey,
  CreateOrganisation,
  EndBudget,
  EnsureAdminKey,
  FindBudget,
  KeyUse,
  LimitRate,
  ListBudgets,
  ListKeys,
  ListOrganisations,
  RevokeKey,
  Sessions,
  SetBudget,
} from '#market';
import {
  createBudgetsWork,
  createCallerFinder,
  createEndedFinder,
  createKeyUseStore,
  createRevokedFinder,
  createSessionStore,
  createTenancyReader,
  createTenancyWork,
  createTokenBuckets,
} from '#persistence';
import { ApiKeyCache } from '../http/api-key-cache.js';
import { CallerWatch } from '../http/caller-watch.js';
import { KeyWatch } from '../http/key-watch.js';
import { RateLimiter, type RateRule } from '../http/rate-limiter.js';
import { BrowserSessions } from '../service/browser-sessions.js';
import { KeyRevocation } from '../service/key-revocation.js';
import type { Metrics } from '../service/metrics.js';
import type { RuntimeDependencies } from './runtime-dependencies.js';
import type { ApiSettings } from './settings.js';
import type { Stores } from './stores.js';

/** What callers are known and watched by. */
interface TenancyParts {
  readonly settings: ApiSettings;
  readonly surroundings: RuntimeDependencies;
  readonly stores: Stores;
  readonly metrics: Metrics;
}

/** Watches keys and sessions of whatever goes on for long. */
export function callerWatchOf({ stores, metrics }: TenancyParts): CallerWatch {
  const onTrouble = (err: unknown): void => {
    metrics.trouble('key_watch', err, 'could not look whether keys and sessions are still good; looking again');
  };
  const keys = new KeyWatch(createRevokedFinder(stores.pool), onTrouble);
  const sessions = new KeyWatch(createEndedFinder(stores.pool), onTrouble);
  metrics.held('watched keys', () => keys.count);
  metrics.held('watched sessions', () => sessions.count);
  return new CallerWatch(keys, sessions);
}

/** Organisations, keys and sessions, and who calls. */
export function tenancy(
  { stores, surroundings: { clock, randomBytes }, metrics }: TenancyParts,
  callers: CallerWatch,
): { keyring: ApiKeyCache; services: object[] } {
  const work = createTenancyWork(stores.base);
  const reader = createTenancyReader(stores.pool);
  const budgets = createBudgetsWork(stores.base);
  const use = new KeyUse(createKeyUseStore(stores.pool), clock, (err) => {
    metrics.trouble('key_use', err, 'not noted when keys were last used');
  });
  const find = createCallerFinder(stores.pool);
  const keyring = new ApiKeyCache(async (hashes) => {
    const callers = await find(hashes);
    for (const caller of callers) if (caller) use.note(caller.keyId);
    return callers;
  }, clock);
  const services = [
    new EnsureAdminKey(work, randomBytes),
    new CreateOrganisation(work),
    new ListOrganisations(reader),
    new CreateKey(work, randomBytes),
    new ListKeys(reader),
    new SetBudget(budgets),
    new FindBudget(budgets),
    new ListBudgets(budgets),
    new EndBudget(budgets),
    new KeyRevocation(new RevokeKey(work), keyring, callers),
    new BrowserSessions(new Sessions(createSessionStore(stores.pool), randomBytes), keyring, callers),
  ];
  return { keyring, services };
}

/** A family of an operator and its organisations may go so many times as fast as one organisation. */
const FAMILY_TIMES = 4;

/** How fast keys, organisations and families may ask. */
export function rateGate({ stores, metrics, surroundings: { clock }, settings }: TenancyParts): RateLimiter {
  const { rateLimit: ofKey, organisationRateLimit: ofOrganisation } = settings;
  const buckets = createTokenBuckets(stores.pool);
  const rules: RateRule[] = [];
  if (ofKey) rules.push({ name: 'key', limit: new LimitRate(buckets, ofKey, clock), bucketOf: ({ keyId }) => bucketOf.key(keyId) });
  if (ofOrganisation) {
    const { perSecond, burst } = ofOrganisation;
    const ofFamily = { perSecond: FAMILY_TIMES * perSecond, burst: FAMILY_TIMES * burst };
    rules.push(
      {
        name: 'organisation',
        limit: new LimitRate(buckets, ofOrganisation, clock),
        bucketOf: ({ organisationId }) => bucketOf.organisation(organisationId),
      },
      { name: 'family', limit: new LimitRate(buckets, ofFamily, clock), bucketOf: ({ familyId }) => bucketOf.family(familyId) },
    );
  }
  return new RateLimiter(rules, () => metrics.rateLimited());
}
