import { PROBLEMS } from '#contracts';
import { problemOfStatus } from './refused-status.js';

const STATUSES = Array.from({ length: 100 }, (_, index) => 400 + index);
const codeOf = (status: number, url = '/docs/x', method = 'GET'): string => problemOfStatus(status, 'why', { url, method }).code;

it.each(STATUSES)('has a problem for status %i, and none of ours to blame', (status) => {
  const code = codeOf(status) as keyof typeof PROBLEMS;
  expect(PROBLEMS[code].status).toBeGreaterThanOrEqual(400);
  expect(PROBLEMS[code].status).toBeLessThan(500);
});

it('keeps a status that has a code of its own', () => {
  for (const status of [400, 401, 406, 408, 412, 413, 414, 415, 416, 417, 429, 431])
    expect(PROBLEMS[codeOf(status) as keyof typeof PROBLEMS].status).toBe(status);
});

it('does not tell what is hidden from what is not there', () => {
  for (const status of [403, 404, 410]) expect(codeOf(status)).toBe('route_unknown');
  expect(codeOf(403, '/v1/markets?x=1', 'DELETE')).toBe('method_not_allowed');
});
