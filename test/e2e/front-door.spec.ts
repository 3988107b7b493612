import { type RunningEris, startEris } from '../support/running-eris.js';

let api: RunningEris;
beforeAll(async () => {
  api = await startEris({ workers: 0 });
}, 60_000);
afterAll(() => api.close());

describe('the front door', () => {
  it('tells newcomers what this is and where to go, and loads nothing from elsewhere', async () => {
    const answer = await fetch(`${api.client.url}/`);
    const page = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href);
    expect(links).toEqual(['/admin', '/docs', '/openapi.json', '/events.schema.json']);
    for (const href of ['/docs', '/openapi.json', '/events.schema.json'])
      expect((await fetch(new URL(href, api.client.url))).status).toBe(200);
    expect(page).not.toMatch(/https?:|<script/);
  });

  it('takes no other method', async () => {
    const answer = await fetch(`${api.client.url}/`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });
});
