import { isDatabaseTrouble } from './trouble.js';

const withCode = (code: string): Error => Object.assign(new Error('said so'), { code });
/** As Prisma 7 tells what its adapter was told. */
const throughPrisma = (originalCode: string): Error =>
  Object.assign(new Error('Invalid `prisma.apiKey.findUnique()` invocation'), {
    code: 'P2039',
    meta: { modelName: 'ApiKey', driverAdapterError: Object.assign(new Error(), { cause: { kind: 'postgres', originalCode } }) },
  });

it.each([
  ['nobody listens', withCode('ECONNREFUSED')],
  ['the server recovers', withCode('57P03')],
  ['the server recovers, in the words of Prisma', throughPrisma('57P03')],
  ['the disk is full', withCode('53100')],
  ['the disk is full, in the words of Prisma', throughPrisma('53100')],
  ['the disk is broken', withCode('58030')],
  ['the server only reads', withCode('25006')],
  ['every address refuses', new AggregateError([withCode('EHOSTUNREACH'), withCode('ECONNREFUSED')])],
  ['it lies deeper', new Error('no answer', { cause: new Error('no key', { cause: withCode('08006') }) })],
  ['pg has no code for it', new Error('Connection terminated unexpectedly')],
])('sees trouble with the database where %s', (_, error) => {
  expect(isDatabaseTrouble(error)).toBe(true);
});

it.each([
  ['a law is broken', withCode('23514')],
  ['a law is broken, in the words of Prisma', throughPrisma('23514')],
  ['a statement is wrong', withCode('42601')],
  ['it is our own mistake', new TypeError('x is undefined')],
  ['it is no error', 'ECONNREFUSED'],
  ['it is nothing', undefined],
])('sees none where %s', (_, error) => {
  expect(isDatabaseTrouble(error)).toBe(false);
});
