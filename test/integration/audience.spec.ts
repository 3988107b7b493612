import { EVENT_KINDS, EVENT_TYPES, type EventKind, type PayloadOf, payloadJson, type LogEvent } from '#log';
import { newestTerms, type Viewer } from '#market';
import { createEventReader } from '#persistence';
import { micros, type Milli } from '#units';
import { seedMarket, type SeededMarket } from '../support/market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const terms = newestTerms({ kind: 'flat', level: micros(0n), levels: {} });
const site = { siteId: 1n, name: 'site', capacityMilli: { gpu: 1000 as Milli } };
const hit = { bidId: 1n, windowId: 1n, cause: 'site_down' as const, slot: 0, returnedMicros: micros(0n) };
/** One entry of each kind. */
const PAYLOADS: { readonly [Kind in EventKind]: PayloadOf<Kind> } = {
  market_opened: { name: 'testbed', clock: 'manual', terms },
  terms_changed: { terms },
  prices_changed: {
    fromMicros: micros(0n),
    levelMicros: micros(1n),
    clearingMicros: micros(1n),
    through: 1n,
    left: 0,
    slots: 1,
    bids: 1,
    organisations: 1,
    doubted: 0,
  },
  site_added: site,
  capacity_changed: site,
  status_changed: { from: 'open', status: 'paused' },
  clock_advanced: { from: 0, slot: 1 },
  window_opened: {
    ...{ windowId: 1n, window: 'outage', cause: 'site_down', scope: 'site', siteId: 1n, amounts: null },
    ...{ from: 0, to: null, taken: [0] },
  },
  window_closed: { windowId: 1n, slot: 2 },
  window_settled: { windowId: 1n },
  allocation_repaired: { ...hit, revision: 1, completion: 2 },
  allocation_failed: hit,
  allocation_left: hit,
  allocation_cancelled: { bidId: 1n, slot: 1, returnedMicros: micros(1n), keptMicros: micros(1n) },
  bid_accepted: { bidId: 1n, completion: 1, paymentMicros: micros(1n) },
  bid_refused: { bidId: 2n, code: 'no_data' },
};

// Real: Postgres, the reader that pages and streams use. The entries are written by hand: only their audience matters.
describe('an entry of the log', () => {
  let database: TestDatabase;
  let market: SeededMarket;

  beforeAll(async () => {
    database = await createTestDatabase();
    market = await seedMarket(database.pool, { bidderCount: 2 });
    const [, named] = market.bidderIds;
    let sequence = 1n;
    for (const organisationId of [null, named]) for (const kind of EVENT_KINDS) await append(kind, ++sequence, organisationId);
    await database.pool.query('UPDATE market SET sequence = $2 WHERE id = $1', [market.marketId, sequence]);
  }, 60_000);
  afterAll(() => database.drop());

  const append = (kind: EventKind, sequence: bigint, organisationId: bigint | null): Promise<unknown> =>
    database.pool.query(
      `SELECT append_entries(ARRAY[$1]::bigint[], ARRAY[$2]::bigint[], ARRAY[$3], ARRAY[$4]::smallint[], ARRAY[$5]::bigint[], ARRAY[$6]::json[], NULL)`,
      [
        market.marketId,
        sequence,
        kind,
        EVENT_TYPES[kind].version,
        organisationId,
        JSON.stringify(payloadJson({ kind, payload: PAYLOADS[kind] } as LogEvent)),
      ],
    );
  /** The kinds that a viewer is told: of entries that name nobody, then of those that name the second bidder. */
  const told = async (viewer: Viewer): Promise<readonly [EventKind[], EventKind[]]> => {
    const page = await createEventReader(database.pool).page(viewer, market.marketId, { after: 1n, limit: 100 });
    const all = page?.events ?? [];
    const upTo = 1n + BigInt(EVENT_KINDS.length);
    const of = (isNamed: boolean) => all.filter(({ sequence }) => sequence > upTo === isNamed).map(({ event }) => event.kind);
    return [of(false), of(true)];
  };
  const members = EVENT_KINDS.filter((kind) => EVENT_TYPES[kind].audience === 'members');

  it('is told to the operator and its auditors whatever its audience', async () => {
    for (const role of ['operator', 'auditor'] as const)
      expect(await told({ organisationId: market.operatorId, role })).toEqual([EVENT_KINDS, EVENT_KINDS]);
  });

  it('for members is told to all of them, whomever it names', async () => {
    expect(members.length).toBeGreaterThan(0);
    const [, everything] = await told({ organisationId: market.bidderIds[0], role: 'bidder' });
    expect(everything).toEqual(members);
  });

  it('for its owner is told to nobody else, not even where it names nobody', async () => {
    expect(await told({ organisationId: market.bidderIds[0], role: 'bidder' })).toEqual([members, members]);
    expect(await told({ organisationId: market.bidderIds[1], role: 'bidder' })).toEqual([members, EVENT_KINDS]);
  });

  it('of a member that is no overseer of the market is told as to a bidder', async () => {
    for (const role of ['operator', 'auditor'] as const)
      expect(await told({ organisationId: market.bidderIds[0], role })).toEqual([members, members]);
  });
});
