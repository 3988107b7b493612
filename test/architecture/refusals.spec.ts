import { readFileSync } from 'node:fs';
import { openApiDocument, REFUSAL_CODES as TOLD } from '#contracts';
import { standardKinds } from '#kinds';
import { REFUSAL_CODES as DECIDED } from '#mechanism';

describe('refusals', () => {
  it('are told by the API in the order in which the mechanism decides', () => {
    expect(TOLD).toEqual(DECIDED);
  });

  it('stand in docs/refusals.md in that order, each with what to do', () => {
    const rows = [...readFileSync('docs/refusals.md', 'utf8').matchAll(/^\| `(\w+)`\s*\| (\S.*?)\s*\| (\S.*?)\s*\|$/gm)];
    expect(rows.map(([, code]) => code)).toEqual(DECIDED);
    for (const [, , when, remedy] of rows) expect([when.length, remedy.length].every((length) => length > 10)).toBe(true);
  });

  it('are listed in the API document, for bids and for events', () => {
    const listed = JSON.stringify([...DECIDED]);
    expect(JSON.stringify(openApiDocument('0.0.0', standardKinds().wires)).split(listed).length - 1).toBeGreaterThanOrEqual(2);
  });
});
