import { createHash } from 'node:crypto';
import { KEY_CACHE_MS, type KeyName, ApiKeyCache, nameOf } from './api-key-cache.js';

const CALLER = { keyId: 1n, organisationId: 3n, familyId: 3n, role: 'bidder' } as const;

const named = (key: string): KeyName => nameOf(key) as KeyName;

function scene() {
  const clock = { ms: 0, nowMs: () => clock.ms };
  const known = new Set(['alive']);
  let lookups = 0;
  const hashOf = (key: string) => createHash('sha256').update(key).digest().toString('hex');
  const asked: number[] = [];
  let underWay = 0,
    mostUnderWay = 0;
  const keyring = new ApiKeyCache(async (hashes) => {
    lookups++;
    asked.push(hashes.length);
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
    const isKnown = (hash: Buffer): boolean => [...known].some((key) => hashOf(key) === hash.toString('hex'));
    return hashes.map((hash) => (isKnown(hash) ? CALLER : undefined));
  }, clock);
  return { clock, known, keyring, asked, lookups: () => lookups, mostUnderWay: () => mostUnderWay };
}

it('tells a caller by its key, and looks it up once for a while', async () => {
  const { keyring, lookups } = scene();
  expect(await keyring.callerOf(named('alive'))).toEqual(CALLER);
  expect(await keyring.callerOf(named('alive'))).toBeDefined();
  expect(await keyring.callerOf(named('dead'))).toBeUndefined();
  expect(lookups()).toBe(2);
});

it('notices a revocation within five seconds', async () => {
  expect(KEY_CACHE_MS).toBeLessThan(5_000);
  const { clock, known, keyring } = scene();
  await keyring.callerOf(named('alive'));
  known.clear();
  clock.ms = KEY_CACHE_MS;
  expect(await keyring.callerOf(named('alive'))).toBeUndefined();
});

it('does not believe a key for longer when the clock is set back', async () => {
  const { clock, known, keyring } = scene();
  await keyring.callerOf(named('alive'));
  known.clear();
  clock.ms = -3_600_000;
  expect(await keyring.callerOf(named('alive'))).toBeUndefined();
});

it('notices a revocation in the same process at once', async () => {
  const { known, keyring } = scene();
  await keyring.callerOf(named('alive'));
  known.clear();
  keyring.forget();
  expect(await keyring.callerOf(named('alive'))).toBeUndefined();
});

it('looks a key up once for all who ask at the same time', async () => {
  const { keyring, lookups } = scene();
  const callers = await Promise.all(Array.from({ length: 50 }, () => keyring.callerOf(named('alive'))));
  expect(callers.every((caller) => caller?.organisationId === 3n)).toBe(true);
  expect(lookups()).toBe(1);
});

it('looks thousands of wrong keys up by one statement at a time, and a key that was good before them', async () => {
  const { clock, keyring, asked, mostUnderWay } = scene();
  await keyring.callerOf(named('alive'));
  clock.ms = KEY_CACHE_MS;
  const order: string[] = [];
  const wrong = Array.from({ length: 5_000 }, (_, index) => keyring.callerOf(named(`wrong ${index}`)).then(() => order.push('wrong')));
  await keyring.callerOf(named('alive')).then(() => order.push('alive'));
  await Promise.all(wrong);
  expect(order.indexOf('alive')).toBeLessThan(300);
  expect(mostUnderWay()).toBe(1);
  expect(Math.max(...asked)).toBeLessThanOrEqual(256);
});
