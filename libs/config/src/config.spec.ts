import { ConfigError, loadConfig } from './config.js';
import { settleHost } from './host.js';

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

  it('listens where ERIS_HOST and ERIS_PORT say, else where HOST and PORT do', () => {
    expect(loadConfig({ HOST: '0.0.0.0', PORT: '4000' })).toMatchObject({ host: '0.0.0.0', hostFrom: 'HOST', port: 4000 });
    const both = { HOST: 'x86_64-conda-linux-gnu', PORT: 'tty1', ERIS_HOST: '::1', ERIS_PORT: '5000' };
    expect(loadConfig(both)).toMatchObject({ host: '::1', hostFrom: 'ERIS_HOST', port: 5000 });
    expect(loadConfig({ ERIS_PORT: 'tcp://10.0.0.1:3000' })).toMatchObject({ port: 3000 }); // Kubernetes says so of a service named eris
    expect(messageOf({ ERIS_PORT: '4000', ERIS_WORKER_METRICS_PORT: '4000' })).toContain('differ from PORT');
  });

  it('leaves aside a HOST that is no address of this machine, with a warning, and refuses such an ERIS_HOST', async () => {
    const warnings: string[] = [];
    const settled = await settleHost(loadConfig({ HOST: 'x86_64-conda-linux-gnu' }), (line) => warnings.push(line));
    expect(settled.host).toBe('127.0.0.1');
    expect(warnings).toEqual([expect.stringMatching(/^HOST=x86_64-conda-linux-gnu .* Set ERIS_HOST/)]);
    await expect(settleHost(loadConfig({ ERIS_HOST: '203.0.113.7' }), () => undefined)).rejects.toThrow(
      /ERIS_HOST must be an address of this machine/,
    );
    expect((await settleHost(loadConfig({ HOST: '0.0.0.0' }), (line) => warnings.push(line))).host).toBe('0.0.0.0');
    expect(warnings).toHaveLength(1);
  });

  it('takes the password of the database from a variable of its own, as it is', () => {
    const { databaseUrl } = loadConfig({ DATABASE_URL: 'postgres://eris@db/eris', ERIS_DATABASE_PASSWORD: 'p@ss/w#%' });
    expect(databaseUrl).toBe('postgres://eris:p%40ss%2Fw%23%25@db/eris');
  });

  it.each([
    ['DATABASE_URL', 'postgres://eris:s3cr@t/w0rd@db/eris'],
    ['REDIS_URL', 'redis://:s3cr@t/w0rd@cache'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://u:s3cr@t/w0rd@collector'],
  ])('says how to escape a password in %s, without a piece of it', (name, value) => {
    const message = messageOf({ [name]: value });
    expect(message).toContain(`${name} has a character that must be escaped`);
    expect(message).not.toMatch(/s3c|w0rd/);
  });

  it('takes a level of the log in any case', () => {
    expect(loadConfig({ LOG_LEVEL: 'WARN' }).logLevel).toBe('warn');
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
