import type { z } from 'zod';
import type { Operation } from '../operation.js';
import { accountOperations } from './accounts.js';
import { allocationOperations } from './allocations.js';
import { bidOperations } from './bids.js';
import { budgetOperations } from './budgets.js';
import { marketOperations } from './markets.js';
import { recurringOperations } from './recurring.js';
import { serviceOperations } from './service.js';
import { sessionOperations } from './sessions.js';
import { tenancyOperations } from './tenancy.js';
import { windowOperations } from './windows.js';
import { viewOperations } from './views.js';

/** Every route of the API, once. Guard, validation, document and tests read from here. */
export const operations = {
  ...tenancyOperations,
  ...budgetOperations,
  ...sessionOperations,
  ...marketOperations,
  ...windowOperations,
  ...recurringOperations,
  ...bidOperations,
  ...allocationOperations,
  ...viewOperations,
  ...accountOperations,
  ...serviceOperations,
};

/** The name of an operation. */
export type OperationId = keyof typeof operations;
/** The names of all operations. */
export const operationIds = Object.keys(operations) as readonly OperationId[];
/** The operation of that name. */
export const operationOf = (id: OperationId): Operation => operations[id];

type Part<Id extends OperationId, Key extends 'query' | 'body'> = (typeof operations)[Id] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;
/** What an operation's body is once it is parsed. */
export type BodyOf<Id extends OperationId> = Part<Id, 'body'>;
/** What an operation's query is once it is parsed. */
export type QueryOf<Id extends OperationId> = Part<Id, 'query'>;

type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Params<Rest> : never;
/** The parameters of an operation's path: ids, and names. */
export type ParamsOf<Id extends OperationId> = {
  readonly [Name in Params<(typeof operations)[Id]['path']>]: Name extends 'name' ? string : bigint;
};

type Schemas<Responses> = {
  [Status in keyof Responses]: Responses[Status] extends { readonly schema: infer Schema extends z.ZodType } ? z.output<Schema> : undefined;
}[keyof Responses];
/** What an operation answers with when all goes well. */
export type AnswerOf<Id extends OperationId> = Schemas<(typeof operations)[Id]['responses']>;
