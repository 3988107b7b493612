import {
  barriers,
  describePages,
  keepShot,
  type Look,
  lookAs,
  overflowOf,
  LOOKS,
  settled,
  signIn,
  visit,
  type Visitor,
} from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';

const SHOWN_MS = 60_000;
let dashboard: Dashboard;

/** Every address of the dashboard, by the name of its picture, and who looks at it. */
const PAGES: readonly (readonly [string, 'operator' | 'bidder', (d: Dashboard) => string])[] = [
  ['markets', 'operator', () => '/admin/'],
  ['new-market', 'operator', () => '/admin/new-market'],
  ['overview', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}`],
  ['overview-table', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}?view=table&measure=price`],
  ['overview-past', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}?at=9`],
  ['prices', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}/prices?slot=4&resource=gpu`],
  ['prices-none', 'bidder', ({ scene }) => `/admin/markets/${scene.marketId}/prices?slot=900&resource=bandwidth`],
  ['bids-grouped', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}/bids?group=reason&sort=payment`],
  ['bids', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}/bids`],
  ['bids-none', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}/bids?label=nobody`],
  ['bid-accepted', 'operator', ({ scene, accepted }) => `/admin/markets/${scene.marketId}/bids/${accepted}`],
  ['bid-refused', 'bidder', ({ scene, refused }) => `/admin/markets/${scene.marketId}/bids/${refused}`],
  ['bid-unknown', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}/bids/999999`],
  ['allocations', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}/allocations`],
  ['windows', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}/windows`],
  ['sites', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}/sites`],
  ['settings', 'operator', ({ scene }) => `/admin/markets/${scene.marketId}/settings`],
  ['quote', 'bidder', ({ scene }) => `/admin/markets/${scene.marketId}/quote`],
  ['my-bids', 'bidder', ({ scene }) => `/admin/markets/${scene.marketId}/bids`],
  ['money', 'operator', () => '/admin/money'],
  ['account', 'operator', ({ scene }) => `/admin/money/${scene.bidders[0].accountId}`],
  ['wallet', 'bidder', () => '/admin/money'],
  ['organisations', 'operator', () => '/admin/organisations'],
  ['keys', 'operator', () => '/admin/keys'],
  ['no-such-page', 'operator', () => '/admin/nowhere'],
];

describePages('every page', () => {
  beforeAll(async () => {
    dashboard = await openDashboard('looks');
  }, SHOWN_MS);
  afterAll(() => dashboard?.close());

  const visitors: { operator?: Visitor; bidder?: Visitor } = {};
  beforeAll(async () => {
    const { browser, url, scene } = dashboard;
    // What is not there is answered with 404, and browsers tell of that; signing in begins with a 401.
    const expected = /status of (401|404)/;
    const [first] = LOOKS as readonly [Look];
    visitors.operator = await visit(browser, url, first, expected);
    await signIn(visitors.operator.page, scene.operatorKey);
    visitors.bidder = await visit(browser, url, first, expected);
    await signIn(visitors.bidder.page, scene.bidders[0].key);
  }, SHOWN_MS);
  afterAll(async () => {
    await visitors.operator?.close();
    await visitors.bidder?.close();
  });

  it.each(PAGES)(
    'shows %s without barriers, errors or requests elsewhere: light and dark, wide and narrow',
    async (name, who, address) => {
      const { page, complaints } = visitors[who] as Visitor;
      await page.goto(address(dashboard));
      for (const look of LOOKS) {
        await lookAs(page, look);
        await settled(page);
        await keepShot(page, `${name}-${look.theme}-${look.width}`);
        expect({ look, overflow: await overflowOf(page), barriers: await barriers(page) }).toEqual({ look, overflow: 0, barriers: [] });
      }
      expect(complaints.splice(0)).toEqual([]);
    },
    SHOWN_MS,
  );

  it(
    'shows the way in without barriers',
    async () => {
      const [first] = LOOKS as readonly [Look];
      const visitor = await visit(dashboard.browser, dashboard.url, first, /status of 401/);
      await visitor.page.goto('/admin/');
      await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor();
      for (const look of LOOKS) {
        await lookAs(visitor.page, look);
        await keepShot(visitor.page, `sign-in-${look.theme}-${look.width}`);
        expect({ look, barriers: await barriers(visitor.page) }).toEqual({ look, barriers: [] });
      }
      expect(visitor.complaints).toEqual([]);
      await visitor.close();
    },
    SHOWN_MS,
  );
});
