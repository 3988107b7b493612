import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describePages, type Look, settled, signIn, visit, type Visitor } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';

const WIDE: Look = { theme: 'light', width: 1440 };
const JOURNEY_MS = 90_000;
/** JavaScript that the first page takes, bytes after compression. */
const FIRST_PAGE_BYTES = 250_000;

let dashboard: Dashboard;
let visitor: Visitor;

const go = (path: string): Promise<unknown> => visitor.page.goto(path);
const button = (name: string | RegExp) => visitor.page.getByRole('button', { name, exact: typeof name === 'string' });
const heading = (name: string | RegExp) => visitor.page.getByRole('heading', { level: 1, name });
const marketPath = (rest = ''): string => `/admin/markets/${dashboard.scene.marketId}${rest}`;

describePages('journeys', () => {
  beforeAll(async () => {
    dashboard = await openDashboard('journeys');
  }, JOURNEY_MS);
  afterAll(() => dashboard?.close());

  afterEach(async () => {
    const { complaints } = visitor;
    await visitor.close();
    expect(complaints).toEqual([]);
  });

  describe('an operator', () => {
    beforeEach(async () => {
      visitor = await visit(dashboard.browser, dashboard.url, WIDE, /status of (401|422)/);
      await signIn(visitor.page, dashboard.scene.operatorKey);
    }, JOURNEY_MS);

    it(
      'opens a market, adds a site, pauses it and moves its clock',
      async () => {
        const { page } = visitor;
        await page.getByRole('link', { name: 'Open a market' }).click();
        await heading('Open a market').waitFor();
        await button('Open the market').click();
        await page.getByText('The body is not valid').waitFor(); // without a name
        await page.getByLabel('Name').fill('edge north');
        await button(/^Realtime/).click();
        await page.getByRole('option', { name: /^Manual/ }).click();
        await button('Open the market').click();
        await heading('Sites').waitFor();
        await page.getByLabel('Name').fill('rack-1');
        for (const resource of ['gpu', 'cpu', 'memoryGB']) await page.getByLabel(resource, { exact: true }).fill('8');
        await button('Add the site').click();
        await page.getByText('Site rack-1 is on sale.').waitFor();
        await page.getByRole('link', { name: 'Terms and clock' }).click();
        await page.getByLabel('Move to slot').fill('3');
        await button('Move it').click();
        await page.getByText('The clock stands at slot 3.').waitFor();
        await button('Pause').click();
        await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
        await button('Resume').waitFor();
      },
      JOURNEY_MS,
    );

    it(
      'makes an organisation, a key that is shown once, and a deposit',
      async () => {
        const { page } = visitor;
        await page.getByRole('link', { name: 'Organisations' }).click();
        await page.getByLabel('Name').fill('Delta Imaging');
        await button('Make it').click();
        await page.getByText('Delta Imaging is there.').waitFor();
        await page.getByRole('link', { name: 'Make a key for it' }).click();
        await button('Make the key').click();
        const key = await page.getByLabel('The key', { exact: true }).innerText();
        expect(key).toMatch(/^eris_b_/);
        await button('I have it').click();
        await page.getByRole('link', { name: 'Money' }).click();
        await page.getByRole('link', { name: 'Delta Imaging' }).click();
        await page.getByLabel('Credits').fill('250.5');
        await button('Deposit').click();
        await page.getByText('250.50 credits are available').waitFor();
        await page.getByText('All entries from the first one on come to the balances above').waitFor();
        expect(await page.content()).not.toContain(key);
      },
      JOURNEY_MS,
    );

    it(
      'sees decisions as they come, and walks over the map by keyboard',
      async () => {
        const { page } = visitor;
        await go(marketPath());
        await settled(page);
        const map = page.getByRole('application');
        await map.focus();
        for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
        await page.getByText(/site-2, slot 3: .* gpu sold/).waitFor();
        const { scene } = dashboard;
        const placed = await dashboard.api.client.post(`/v1/markets/${scene.marketId}/bids`, {
          key: scene.bidders[1].key,
          headers: { 'idempotency-key': 'seen-live', prefer: 'wait=20' },
          body: {
            valuation: { kind: 'deadline', value: 9000, deadline: 40 },
            chunks: { [scene.siteIds[0]]: 5 },
            epochs: 4,
            throughput: 24,
            parameterMB: 9,
            worker: { gpu: 1 },
            ps: { cpu: 1 },
          },
        });
        await page.getByRole('link', { name: `Bid ${placed.body.id}`, exact: true }).click();
        await heading(`Bid ${placed.body.id}`).waitFor();
      },
      JOURNEY_MS,
    );

    it(
      'goes back to a past moment by the slider, and its address says so',
      async () => {
        const { page } = visitor;
        await go(marketPath());
        await settled(page);
        const slider = page.getByRole('slider', { name: 'Moment' });
        await slider.focus();
        await page.keyboard.press('Home');
        await page.getByText(/As it was after entry 1 of \d+/).waitFor();
        expect(new URL(page.url()).searchParams.get('at')).toBe('1');
        await button('Back to now').click();
        await page.getByText(/^Now: entry/).waitFor();
      },
      JOURNEY_MS,
    );

    it(
      'is signed out where the session ends, and told so',
      async () => {
        const { page } = visitor;
        await button('Sign out everywhere').click();
        await heading('Sign in').waitFor();
        await page.getByLabel('API key').fill('not-a-key');
        await button('Sign in').click();
        await page.getByText('No such key, or it has been revoked.').waitFor();
        expect(await page.evaluate<unknown[]>('[document.cookie, localStorage.length]')).toEqual(['', 0]);
      },
      JOURNEY_MS,
    );
  });

  describe('a bidder', () => {
    beforeEach(async () => {
      visitor = await visit(dashboard.browser, dashboard.url, WIDE, /status of (401|404|422)/);
      await signIn(visitor.page, dashboard.scene.bidders[0].key);
    }, JOURNEY_MS);

    it(
      'asks for a quote and bids, by keyboard alone',
      async () => {
        const { page } = visitor;
        await go(marketPath('/quote'));
        await page.getByLabel('Value', { exact: true }).focus();
        await page.keyboard.press('Control+A');
        await page.keyboard.type('5000');
        await page.getByLabel('edge-2').focus();
        await page.keyboard.type('12');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'The quote' }).waitFor();
        await page.getByRole('img', { name: /What each of \d+ completions costs/ }).waitFor();
        await button(/as quoted$/).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'Schedule' }).waitFor();
        await page.getByText('The lines add up to the payment, to the micro-credit.').waitFor();
      },
      JOURNEY_MS,
    );

    it(
      'learns why a bid was refused, and bids what passes from a form that is filled in',
      async () => {
        const { page } = visitor;
        await go(marketPath(`/bids/${dashboard.refused}`));
        await page.getByRole('heading', { name: 'What would pass now' }).waitFor();
        await page
          .getByRole('row', { name: /Offer a higher value/ })
          .getByRole('link', { name: 'Fill in the form' })
          .click();
        await page.getByText(`Filled in with what passes now in place of bid ${dashboard.refused}.`).waitFor();
        await button('Ask for a quote').click();
        await button(/as quoted$/).click();
        await page.getByText('The lines add up to the payment, to the micro-credit.').waitFor();
      },
      JOURNEY_MS,
    );

    it(
      'sees its own bids only, and no page of an operator does harm',
      async () => {
        const { page } = visitor;
        await go(marketPath('/bids'));
        await page.getByRole('heading', { level: 1, name: 'My bids' }).waitFor();
        await page.getByRole('link', { name: dashboard.accepted, exact: true }).waitFor();
        expect(await page.getByRole('link', { name: 'Keys' }).count()).toBe(0);
      },
      JOURNEY_MS,
    );
  });

  it('takes no more JavaScript for the first page than a slow line carries in a moment', async () => {
    visitor = await visit(dashboard.browser, dashboard.url, WIDE, /status of 401/);
    const loaded: string[] = [];
    visitor.page.on('response', (response) => response.url().endsWith('.js') && loaded.push(new URL(response.url()).pathname));
    await signIn(visitor.page, dashboard.scene.operatorKey);
    const bytes = [...new Set(loaded)].map((path) => gzipSync(readFileSync(join('dist', path))).length);
    expect(loaded.length).toBeGreaterThan(1);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(FIRST_PAGE_BYTES);
  });
});
