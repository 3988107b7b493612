import { AGENTS, defineOperations, MEMBERS, OPERATORS } from '../operation.js';
import { incidents } from '../schemas/incidents.js';
import { capacityWindow, heartbeat, heartbeatBody, openWindowBody, windowPage, windowPreview, windowsQuery } from '../schemas/windows.js';

const tag = 'markets';

/** Operations on capacity that is withdrawn (docs/lifecycle.md). */
export const windowOperations = defineOperations({
  openWindow: {
    method: 'POST',
    path: '/v1/markets/{marketId}/windows',
    tag,
    summary: 'Take capacity off sale: an outage, or maintenance',
    description:
      'Of a site, of the bandwidth between sites, or of the whole market. Nothing more of it is sold from now on. Those who had bought of it are dealt with before anybody else buys: in the order of their decisions each gets another plan, done when it was sold to be where there is one; late it costs no more than the menu asked for that; where none is found all comes back.',
    policy: OPERATORS,
    headers: {
      'If-Match':
        'The digest of a preview: the window does what the preview said, or is not opened, and answered with 412 and the new preview.',
    },
    body: openWindowBody,
    responses: { 201: { description: 'The window; `settled` says when all whom it hit were dealt with', schema: capacityWindow } },
    problems: ['repairs_under_way', 'window_overlaps', 'preview_outdated'],
  },
  previewWindow: {
    method: 'POST',
    path: '/v1/markets/{marketId}/windows/preview',
    tag,
    summary: 'What a window would do: who would be hit, when they would be done, what would come back',
    description:
      'Found by the code that deals with those whom a window hits. Changes nothing; `digest` goes into the `If-Match` of the window.',
    policy: OPERATORS,
    repeatable: true,
    body: openWindowBody,
    responses: { 200: { description: 'The preview', schema: windowPreview } },
    problems: ['repairs_under_way', 'window_overlaps'],
  },
  beat: {
    method: 'POST',
    path: '/v1/sites/{siteId}/heartbeat',
    tag,
    summary: 'Say that a site is there',
    description:
      'By a key of the role `agent` of that site. From the first one on they are expected; where some are missed an outage of the site is opened, and closed once as many came in time again. Revoking the key ends that.',
    policy: AGENTS,
    scope: null,
    repeatable: true,
    body: heartbeatBody,
    responses: { 200: { description: 'Heard', schema: heartbeat } },
    problems: ['site_not_allowed', 'clock_off'],
  },
  listWindows: {
    method: 'GET',
    path: '/v1/markets/{marketId}/windows',
    tag,
    summary: 'Windows of a market, and what came of those whom they hit',
    policy: MEMBERS,
    query: windowsQuery,
    responses: { 200: { description: 'A page of windows, in the order in which they were opened', schema: windowPage } },
  },
  listIncidents: {
    method: 'GET',
    path: '/v1/markets/{marketId}/incidents',
    tag,
    summary: 'What failed of each site in the last seven days',
    description: 'Outages of sites and of the whole market, day by day up to the current slot. Maintenance is none: it is announced.',
    policy: MEMBERS,
    responses: { 200: { description: 'The sites of the market, in their order', schema: incidents } },
  },
  closeWindow: {
    method: 'DELETE',
    path: '/v1/markets/{marketId}/windows/{windowId}',
    tag,
    summary: 'Put capacity on sale again',
    description: 'From the current slot on; but slots of which more was sold than the window left stay off sale.',
    policy: OPERATORS,
    responses: { 204: { description: 'It is closed' } },
    problems: ['repairs_under_way', 'window_over'],
  },
});
