/** One tenant sends bulks of bids to many markets over many connections, by one bidder or by many; another one's single bids are stored meanwhile. */
import { addBidder, addSite, type Bidder, jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';
import { type Attacker, expectNothingHeld, expectUnharmed, setStand, type Stand, underAttack } from './support/stand.js';

const MARKETS = 12;
const BIDDERS = 4;
const BULKS = 36;
const LONG_MS = 120_000;

let stand: Stand;
let greedy: Scene;
let bidders: Bidder[];
let paths: string[];
let jobs: object[];
beforeAll(async () => {
  stand = await setStand({ env: { ERIS_ORGANISATION_RATE_LIMIT_PER_SECOND: '0' } });
  const { client, adminKey } = stand;
  greedy = await setScene(client, adminKey, { name: 'greedy', sites: 1 });
  const { operatorKey: key } = greedy;
  bidders = [];
  for (let index = 0; index < BIDDERS; index++)
    bidders.push(await addBidder(client, { operatorKey: key, name: `bidder-${index}`, funds: '100' }));
  paths = [`/v1/markets/${greedy.marketId}/bids/bulk`];
  for (let index = 1; index < MARKETS; index++) {
    const { body } = await client.post('/v1/markets', { key, body: marketBody({ name: `market-${index}` }) });
    await addSite(client, key, body.id, 'site');
    paths.push(`/v1/markets/${body.id}/bids/bulk`);
  }
  jobs = [jobBody([], { chunks: {} })]; // refused at once: what is taken in is the burden, not what is decided
}, LONG_MS);
afterAll(() => stand.close());

const flood = (key: string, connections: number): Attacker => ({ script: 'flood', task: { key, paths, jobs, connections } });

it.each<[string, () => Attacker[]]>([
  ['one bidder', () => [flood(bidders[0].key, BULKS)]],
  ['many bidders of one operator', () => bidders.map(({ key }) => flood(key, BULKS / BIDDERS))],
])(
  'stores others’ bids in time while %s floods many markets',
  async (_, attackers) => {
    const { suffering, reports } = await underAttack<Record<string, number>>(stand, attackers());
    expectUnharmed(suffering);
    const answers = reports.flatMap((report) => Object.keys(report));
    expect(answers).toContain('202');
    expect(answers.filter((answer) => !/^(202|429|whole 429)$/.test(answer))).toEqual([]);
    await expectNothingHeld(stand);
  },
  LONG_MS,
);
