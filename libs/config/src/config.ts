import { readAddress, withPassword } from '#postgres';
import { z } from 'zod';

const MS_PER_SECOND = 1_000;
const MIB = 1_048_576;
/** What a cell of a market's book takes: its sales and its price. */
const CELL_BYTES = 16;
/** A queue that is shorter than one bulk request could never take it. */
const BULK_BIDS = 1_000;
const ACCESS_LOGGED = ['off', 'failures', 'all'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const integerWithin = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must lie between ${min} and ${max}`);
const integer = ({ fallback, min, max }: { fallback: number; min: number; max: number }) => integerWithin(min, max).default(fallback);

const address = (...protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be an address such as ${protocols[0]}//host/name`,
    )
    .refine(
      (text) => !isCutByPassword(text),
      'has a character that must be escaped: in a password write @ as %40, / as %2F, ? as %3F, # as %23',
    )
    .optional();

/** Whether an @ comes after what was read as the host: then the host is a piece of a password that was not escaped. */
function isCutByPassword(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, search, hash } = new URL(text);
  return [pathname, search, hash].some((part) => part.includes('@'));
}

/** A database's address, each fault a line. */
const database = z
  .string()
  .superRefine((text, context) => {
    const read = readAddress(text);
    for (const message of read.kind === 'faults' ? read.faults : []) context.addIssue({ code: 'custom', message });
  })
  .optional();

/** What Kubernetes puts into ERIS_PORT where a service is called `eris`; nobody has set it. */
const SERVICE_LINK = /^tcp:\/\//;
const PORT_DEFAULT = 3_000;
const PORT_MAX = 65_535;
/** Where is listened unless HOST says otherwise: this machine only. */
export const HOST_DEFAULT = '127.0.0.1';

/** An admin key opens everything: short ones can be guessed, and none that is longer is looked up. */
const ADMIN_KEY_MIN = 24;
const ADMIN_KEY_MAX = 200;
/** Fewer different characters, and it was not made by chance: of 24 random hexadecimal digits hardly ever come so few. */
const DIFFERENT_MIN = 8;

/** Whether a key is long enough and neither a few characters nor one piece over and over. */
function isHardToGuess(key: string): boolean {
  if (key.length < ADMIN_KEY_MIN || key.length > ADMIN_KEY_MAX || new Set(key).size < DIFFERENT_MIN) return false;
  return !hasShortPeriod(key);
}

/** One piece at least twice, the last time perhaps cut short. */
function hasShortPeriod(key: string): boolean {
  for (let period = 1; period <= key.length / 2; period++) if (key.startsWith(key.slice(period))) return true;
  return false;
}

/** Origins as browsers send them, separated by commas: scheme, host and port, no path. */
const origins = () =>
  z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .refine(
      (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
      'must be origins such as https://shop.example, separated by commas; each letter by letter, without a path; * is not one',
    )
    .default([]);

const Environment = z.object({
  ERIS_HOST: z.string().optional(),
  HOST: z.string().optional(),
  ERIS_PORT: integerWithin(0, PORT_MAX).optional(),
  PORT: integerWithin(0, PORT_MAX).optional(),
  LOG_LEVEL: z.preprocess(
    (level) => (typeof level === 'string' ? level.toLowerCase() : level),
    z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  ),
  DATABASE_URL: database,
  ERIS_DATABASE_PASSWORD: z.string().optional(),
  REDIS_URL: address('redis:', 'rediss:'),
  ERIS_DATA_DIR: z.string().default('./.eris'),
  ERIS_ADMIN_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces: it travels in a header')
    .refine(isHardToGuess, `must be ${ADMIN_KEY_MIN} to ${ADMIN_KEY_MAX} characters, random ones: make it with \`openssl rand -base64 32\``)
    .optional(),
  ERIS_DATABASE_CONNECTIONS: integer({ fallback: 10, min: 2, max: 1_000 }),
  ERIS_BODY_LIMIT_BYTES: integer({ fallback: 4 * MIB, min: 1_024, max: 64 * MIB }),
  ERIS_ACCEPT_WAIT_MS: integer({ fallback: 2, min: 0, max: MS_PER_SECOND }),
  ERIS_ACCEPT_QUEUE_MAX: integer({ fallback: 10_000, min: BULK_BIDS, max: 1_000_000 }),
  ERIS_UNDECIDED_MAX: integer({ fallback: 2 * BULK_BIDS, min: 0, max: 10_000_000 }),
  ERIS_RATE_LIMIT_PER_SECOND: integer({ fallback: 0, min: 0, max: 1_000_000 }),
  ERIS_RATE_LIMIT_BURST: integer({ fallback: 0, min: 0, max: 10_000_000 }),
  ERIS_ORGANISATION_RATE_LIMIT_PER_SECOND: integer({ fallback: 1_000, min: 0, max: 1_000_000 }),
  ERIS_ORGANISATION_RATE_LIMIT_BURST: integer({ fallback: 0, min: 0, max: 10_000_000 }),
  ERIS_TENANT_SHARE_PERCENT: integer({ fallback: 25, min: 1, max: 100 }),
  ERIS_EVENT_STREAMS_MAX: integer({ fallback: 2_000, min: 1, max: 100_000 }),
  ERIS_CONNECTIONS_MAX: integer({ fallback: 20_000, min: 10, max: 1_000_000 }),
  ERIS_CONNECTIONS_PER_ADDRESS: integer({ fallback: 5_000, min: 1, max: 1_000_000 }),
  ERIS_BODY_TIMEOUT_MS: integer({ fallback: 10_000, min: 100, max: 600_000 }),
  ERIS_CORS_ORIGINS: origins(),
  ERIS_ACCESS_LOG: z.enum(ACCESS_LOGGED, `must be one of ${ACCESS_LOGGED.join(', ')}`).default('failures'),
  ERIS_LEASE_MS: integer({ fallback: 5_000, min: 1_000, max: 600_000 }),
  ERIS_BATCH_MAX: integer({ fallback: 512, min: 1, max: 4_096 }),
  ERIS_WORKER_CONCURRENCY: integer({ fallback: 2, min: 1, max: 256 }),
  ERIS_THINK_THREADS: integer({ fallback: 1, min: 1, max: 64 }),
  ERIS_BOOKS_MB: integer({ fallback: 128, min: 16, max: 65_536 }),
  ERIS_WORKER_METRICS_PORT: integer({ fallback: 0, min: 0, max: 65_535 }),
  ERIS_DRAIN_MS: integer({ fallback: 0, min: 0, max: 600_000 }),
  ERIS_SHUTDOWN_MS: integer({ fallback: 10_000, min: 0, max: 600_000 }),
  OTEL_EXPORTER_OTLP_ENDPOINT: address('http:', 'https:'),
});

type Variables = z.infer<typeof Environment>;
type HostFrom = 'default' | 'HOST' | 'ERIS_HOST';

/** Relations between variables: the variable to blame, the law, what to do. */
const RELATIONS: readonly (readonly [keyof Variables, (variables: Variables) => boolean, string])[] = [
  [
    'ERIS_DATABASE_CONNECTIONS',
    (v) => v.ERIS_DATABASE_CONNECTIONS > 2 * v.ERIS_WORKER_CONCURRENCY,
    'must be above twice ERIS_WORKER_CONCURRENCY: a turn may need two connections',
  ],
  [
    'ERIS_WORKER_METRICS_PORT',
    (v) => v.ERIS_WORKER_METRICS_PORT === 0 || v.ERIS_WORKER_METRICS_PORT !== portOf(v),
    'must differ from PORT: the API listens there',
  ],
];

/** What the programs are told once, at their start. Times are milliseconds. Frozen. */
export type Config = Readonly<ReturnType<typeof configOf>>;

/** A variable that cannot be used; the message has a line for each, with what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the environment.
 * @param env the process's variables; an empty one counts as absent, as in compose files.
 * @throws ConfigError naming every variable that is wrong.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const present = presentIn(env);
  const read = Environment.safeParse(present);
  if (!read.success) throw configError(read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  const broken = RELATIONS.filter(([, holds]) => !holds(read.data));
  if (broken.length > 0) throw configError(broken.map(([name, , law]) => `${name} ${law}`));
  return Object.freeze(configOf(read.data));
}

/** What is said, without variables that others set for something else, or that a variable of Eris's own makes unnecessary. */
function presentIn(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  if (SERVICE_LINK.test(present.ERIS_PORT ?? '')) delete present.ERIS_PORT;
  if (present.ERIS_PORT !== undefined) delete present.PORT;
  if (present.ERIS_HOST !== undefined) delete present.HOST;
  return present;
}

const portOf = ({ ERIS_PORT, PORT }: Variables): number => ERIS_PORT ?? PORT ?? PORT_DEFAULT;

/** Names every variable that is wrong, each with what to do. */
export const configError = (faults: readonly string[]): ConfigError =>
  new ConfigError(`The environment cannot be used (docs/configuration.md):\n${faults.map((fault) => `  ${fault}`).join('\n')}`);

const configOf = (variables: Variables) => ({
  host: variables.ERIS_HOST ?? variables.HOST ?? HOST_DEFAULT,
  /** Which variable said so: HOST is one that others set too. */
  hostFrom: hostFrom(variables),
  port: portOf(variables),
  logLevel: variables.LOG_LEVEL,
  databaseUrl: variables.DATABASE_URL && withPassword(variables.DATABASE_URL, variables.ERIS_DATABASE_PASSWORD ?? ''),
  redisUrl: variables.REDIS_URL,
  dataDir: variables.ERIS_DATA_DIR,
  adminKey: variables.ERIS_ADMIN_KEY,
  databaseConnections: variables.ERIS_DATABASE_CONNECTIONS,
  bodyLimitBytes: variables.ERIS_BODY_LIMIT_BYTES,
  acceptWaitMs: variables.ERIS_ACCEPT_WAIT_MS,
  acceptQueueMax: variables.ERIS_ACCEPT_QUEUE_MAX,
  /** Undefined where bidders may have as many as they like. */
  undecidedMax: variables.ERIS_UNDECIDED_MAX || undefined,
  rateLimit: rateLimitOf(variables.ERIS_RATE_LIMIT_PER_SECOND, variables.ERIS_RATE_LIMIT_BURST, 1),
  organisationRateLimit: rateLimitOf(
    variables.ERIS_ORGANISATION_RATE_LIMIT_PER_SECOND,
    variables.ERIS_ORGANISATION_RATE_LIMIT_BURST,
    ORGANISATION_BURST_SECONDS,
  ),
  tenantShare: variables.ERIS_TENANT_SHARE_PERCENT / 100,
  eventStreamsMax: variables.ERIS_EVENT_STREAMS_MAX,
  connectionsMax: variables.ERIS_CONNECTIONS_MAX,
  connectionsPerAddress: variables.ERIS_CONNECTIONS_PER_ADDRESS,
  bodyTimeoutMs: variables.ERIS_BODY_TIMEOUT_MS,
  corsOrigins: variables.ERIS_CORS_ORIGINS,
  accessLogged: variables.ERIS_ACCESS_LOG,
  leaseMs: variables.ERIS_LEASE_MS,
  batchMax: variables.ERIS_BATCH_MAX,
  workerConcurrency: variables.ERIS_WORKER_CONCURRENCY,
  thinkThreads: variables.ERIS_THINK_THREADS,
  bookCellsMax: (variables.ERIS_BOOKS_MB * MIB) / CELL_BYTES,
  workerMetricsPort: variables.ERIS_WORKER_METRICS_PORT,
  drainMs: variables.ERIS_DRAIN_MS,
  shutdownMs: variables.ERIS_SHUTDOWN_MS,
  tracesUrl: variables.OTEL_EXPORTER_OTLP_ENDPOINT,
});

function hostFrom({ ERIS_HOST, HOST }: Variables): HostFrom {
  if (ERIS_HOST !== undefined) return 'ERIS_HOST';
  return HOST === undefined ? 'default' : 'HOST';
}

/** A few of the largest requests, which count for each bid in them, may come at once. */
const ORGANISATION_BURST_SECONDS = 10;

/** Undefined where there is no limit; a burst that is not said is what comes together in so many seconds. */
function rateLimitOf(perSecond: number, burst: number, burstSeconds: number) {
  return perSecond === 0 ? undefined : { perSecond, burst: burst || burstSeconds * perSecond };
}
