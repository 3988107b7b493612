import { applyDecorators, Delete, Get, HttpCode, Patch, Post, Put, SetMetadata } from '@nestjs/common';
import { operationOf, type Operation, type OperationId } from '#contracts';
import { at } from '#units';

/** Under which a controller's method keeps the id of the operation that it serves. */
export const OPERATION = 'eris:operation';

const METHODS = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete } as const;

/** The path as the router writes it: braces become colons. */
export const routeOf = ({ path }: Operation): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** Makes a controller method serve an operation of the contract: method, path, status and policy come from its row. */
export function Serves(operationId: OperationId): MethodDecorator {
  const operation = operationOf(operationId);
  const status = at(Object.keys(operation.responses).map(Number), 0);
  return applyDecorators(METHODS[operation.method](routeOf(operation)), HttpCode(status), SetMetadata(OPERATION, operationId));
}
