import pg, { type ClientConfig, type PoolConfig } from 'pg';
import { at } from '#units';
import { addressOf, type DatabaseAddress } from './address.js';
import { pinOptions, pinText, type SessionSettings } from './pins.js';
import { tlsOptionsOf } from './tls.js';

/** How long a connection may take to be made where the address does not say, ms. */
export const CONNECT_MS_DEFAULT = 5_000;
/** Postgres: the role may not set that. */
const NOT_PERMITTED = '42501';

/** How a session is made. */
export interface SessionOptions {
  /** What the server's list of sessions shows, where the address does not say. */
  readonly application: string;
  /** Settings of this kind of connection, beside those that all have. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Tables of another schema than the address's. */
  readonly schema?: string;
  /** How long the answer to a statement may take, ms; as long as it likes where it is not said. */
  readonly answerMs?: number;
}

/** What pg, its pool, Prisma's adapter and BullMQ take: every value of it said, so that none comes from the environment (PGHOST, PGSSLMODE, …). */
export interface SessionConfig extends PoolConfig {
  readonly Client: typeof SessionClient;
  readonly session: SessionSettings;
  /** The address's own settings of the session. */
  readonly given: string;
  readonly connectionTimeoutMillis: number;
}

/**
 * The one place where settings of a connection are made: for pools, single clients, Prisma's adapter, the schema engine and the queue.
 * @throws AddressError where the address cannot be used; Error where it names a file that cannot be read.
 */
export function sessionConfig(url: string, { application, settings, schema, answerMs }: SessionOptions): SessionConfig {
  const address = addressOf(url);
  const session = { schema: schema ?? address.schema, ...(settings === undefined ? {} : { more: settings }) };
  const given = address.options ?? '';
  return {
    ...placeAndUser(address),
    ssl: tlsOptionsOf(address.tls),
    sslnegotiation: address.tls.isDirect ? 'direct' : 'postgres',
    enableChannelBinding: address.isChannelBound,
    application_name: address.applicationName ?? application,
    client_encoding: 'UTF8',
    options: `${given} ${pinOptions(session)}`.trim(),
    keepAlive: true,
    connectionTimeoutMillis: address.connectMs ?? CONNECT_MS_DEFAULT,
    ...(answerMs === undefined ? {} : { query_timeout: answerMs }),
    session,
    given,
    Client: SessionClient,
  };
}

const placeAndUser = ({ host, port, user, password, database }: DatabaseAddress) => ({
  host,
  port,
  user,
  password: password === '' ? () => '' : password, // an empty text would be looked up in PGPASSWORD and ~/.pgpass
  database,
});

/** A session is not as Eris needs it, in words for whoever runs it. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
}

/** A connection whose session is set right before anyone uses it. */
export class SessionClient extends pg.Client {
  /** The server's process, once connected. */
  private backendPid?: number;
  /** What the server said when it ended the connection while nothing was asked of it. */
  private cutBy?: Error;
  private readonly session: SessionSettings;
  private readonly connectMs: number;

  constructor(config: ClientConfig | string = {}) {
    const { session, given, connectionTimeoutMillis } = config as SessionConfig;
    super(config);
    this.session = session;
    this.connectMs = connectionTimeoutMillis;
    setStart(this, given);
    // One that is cut while nobody uses it must not end the process: what is under way on it, or comes next, fails and is reported.
    this.on('error', (cause) => (this.cutBy ??= cause));
  }

  /** Whether somebody stands in between: the server's process is another one than the one that we were told of when we connected. */
  get isPooled(): boolean {
    return this.backendPid !== undefined && this.backendPid !== (this as unknown as { processID: number | null }).processID;
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
  override connect(callback?: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): Promise<pg.Client> | void {
    const connected = this.connectPinned();
    if (callback === undefined) return connected;
    connected.then(
      () => (callback as (error: null, client: pg.Client) => void)(null, this),
      (error: unknown) => (callback as (error: Error) => void)(error as Error),
    );
  }

  private async connectPinned(): Promise<pg.Client> {
    await super.connect();
    try {
      const answers = await this.query({ text: pinText(this.session), query_timeout: this.connectMs } as pg.QueryConfig);
      this.backendPid = at(at(answers as unknown as readonly pg.QueryResult<{ pid: number }>[], 1).rows, 0).pid;
      return this;
    } catch (cause) {
      void this.end();
      if (isNotPermitted(cause)) throw new SessionError(NO_TRIGGERS, { cause });
      throw this.cutBy ?? cause;
    }
  }
}

const NO_TRIGGERS =
  'the role of DATABASE_URL has session_replication_role = replica, so that the triggers which keep the ledger would not fire:' +
  ' ALTER ROLE … RESET session_replication_role (and ALTER DATABASE …)';

const isNotPermitted = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === NOT_PERMITTED && cause.message.includes('session_replication_role');

interface ClientInside {
  binary: boolean;
  replication: unknown;
  readonly connectionParameters: { options: string; replication: unknown };
}

/** The rest of what pg takes from the environment. What is pinned goes by a statement and not with the start: poolers refuse settings there. */
function setStart(client: pg.Client, options: string): void {
  const inside = client as unknown as ClientInside;
  inside.binary = false;
  inside.replication = undefined;
  inside.connectionParameters.replication = undefined;
  inside.connectionParameters.options = options;
}

/** One connection, not yet made; whoever connects it ends it. */
export const createSession = (url: string, options: SessionOptions): SessionClient => new SessionClient(sessionConfig(url, options));
