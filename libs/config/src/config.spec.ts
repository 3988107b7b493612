import { ConfigError, loadConfig } from './config.js';

const messageOf = (env: Record<string, string>): string => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return '';
};

describe('loadConfig', () => {
  it('has an answer to everything where nothing is said', () => {
    expect(loadConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      dataDir: './.eris',
      databaseUrl: undefined,
      bodyLimitBytes: 4_194_304,
      leaseMs: 5_000,
      batchMax: 512,
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '', REDIS_URL: '' })).toEqual(loadConfig({}));
  });

  it('limits no key unless told to, and then lets a second be saved up unless told otherwise', () => {
    expect(loadConfig({}).rateLimit).toBeUndefined();
    expect(loadConfig({ ERIS_RATE_LIMIT_PER_SECOND: '50' }).rateLimit).toEqual({ perSecond: 50, burst: 50 });
    expect(loadConfig({ ERIS_RATE_LIMIT_PER_SECOND: '50', ERIS_RATE_LIMIT_BURST: '9' }).rateLimit).toEqual({ perSecond: 50, burst: 9 });
  });

  it('is frozen', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });

  it.each([
    ['PORT', '70000', 'PORT must lie between 0 and 65535'],
    ['PORT', '-1', 'PORT must be a whole number'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of fatal'],
    ['DATABASE_URL', 'mysql://host/name', 'DATABASE_URL must be an address such as postgresql://host/name'],
    ['REDIS_URL', 'localhost', 'REDIS_URL must be an address such as redis://host/name'],
    ['ERIS_ACCEPT_QUEUE_MAX', '10', 'ERIS_ACCEPT_QUEUE_MAX must lie between 1000 and'],
    ['ERIS_ADMIN_KEY', 'se cret', 'ERIS_ADMIN_KEY must be printable characters without spaces'],
  ])('refuses %s=%s by name', (name, value, message) => {
    expect(messageOf({ [name]: value })).toContain(message);
  });

  it.each(['a', 'short-of-24-characters!', 'a'.repeat(40), 'changeme'.repeat(4), '0123456789012345678901234567', 'x1'.repeat(101)])(
    'refuses the admin key %s, which can be guessed',
    (key) => {
      expect(messageOf({ ERIS_ADMIN_KEY: key })).toContain('ERIS_ADMIN_KEY must be 24 to 200 characters, random ones');
    },
  );

  it.each([
    '7nDkq0Tg9sMzO3y1h4fBvX2uWcEaLpRi',
    '9f86d081884c7d659a2feaa0c55ad015',
    'an-admin-key-for-tests-only-0123456789',
    `eris_o_${'Ab3-xYz_9'.repeat(4)}Q`,
  ])('takes the admin key %s', (key) => {
    expect(loadConfig({ ERIS_ADMIN_KEY: key }).adminKey).toBe(key);
  });

  it('names every variable that is wrong', () => {
    expect(messageOf({ PORT: 'x', ERIS_LEASE_MS: '1' }).split('\n')).toHaveLength(3);
  });

  it('never repeats a secret in a message', () => {
    expect(messageOf({ ERIS_ADMIN_KEY: 'hunter 2' })).not.toContain('hunter 2');
  });

  it.each([
    [{ ERIS_DATABASE_CONNECTIONS: '4' }, 'above twice ERIS_WORKER_CONCURRENCY'],
    [{ PORT: '4000', ERIS_WORKER_METRICS_PORT: '4000' }, 'differ from PORT'],
  ])('checks relations: %j', (env, law) => {
    expect(messageOf(env)).toContain(law);
  });
});
