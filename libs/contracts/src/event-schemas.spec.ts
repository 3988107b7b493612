import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { eventKinds, eventSchema, eventSchemas, eventTold } from './index.js';

const folder = join(import.meta.dirname, '../../../docs/events');

it('publishes a file for each type of event, as the table has it (npm run events)', () => {
  expect(readdirSync(folder).sort()).toEqual(eventKinds.map((kind) => `${kind}.schema.json`).sort());
  for (const kind of eventKinds) {
    const text = readFileSync(join(folder, `${kind}.schema.json`), 'utf8');
    expect(text).toBe(`${JSON.stringify(eventSchema(kind), null, 2)}\n`);
  }
});

it('gives schemas that stand by themselves', () => {
  const told = eventTold({
    sequence: 3n,
    at: new Date(0),
    event: { kind: 'bid_refused', payload: { bidId: 7n, code: 'no_data' } },
  });
  const options = { strict: false, validateFormats: false };
  const any = new Ajv2020(options).compile(eventSchemas());
  expect([any(told), any.errors]).toEqual([true, null]);
  expect(any({ ...told, kind: 'bid_accepted' })).toBe(false);
  for (const kind of eventKinds) {
    const validate = new Ajv2020(options).compile(eventSchema(kind));
    expect([kind, validate(told)]).toEqual([kind, kind === 'bid_refused']);
  }
});
