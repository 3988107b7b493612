import { operationIds, type OperationId } from '#contracts';
import { Injectable, type OnModuleInit, RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { at } from '#units';
import { RAW_ROUTE_OPERATIONS } from '../bidding/bid-routes.js';
import { OPERATION } from './serves.js';

const ROUTE_METHOD = 'method';

/** Fails the start unless routes and operations match one to one: a route without an operation would be a route without a policy. */
@Injectable()
export class OperationCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const served = this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      return this.scanner
        .getAllMethodNames(prototype)
        .flatMap((method) => this.operationsOf(`${metatype?.name}.${method}`, at(prototype, method)));
    });
    checkServed([...served, ...RAW_ROUTE_OPERATIONS]);
  }

  private operationsOf(name: string, handler: () => unknown): OperationId[] {
    const method = this.reflector.get<RequestMethod | undefined>(ROUTE_METHOD, handler);
    if (method === undefined) return [];
    const operation = this.reflector.get<OperationId | undefined>(OPERATION, handler);
    if (!operation) throw new Error(`${name} has no policy: mark it with @Serves(<operation>) and add the operation to libs/contracts`);
    return [operation];
  }
}

/** @throws Error naming the operations that nobody or more than one method serves. */
export function checkServed(served: readonly OperationId[]): void {
  const missing = operationIds.filter((id) => !served.includes(id));
  const doubled = served.filter((id, index) => served.indexOf(id) !== index);
  if (missing.length + doubled.length > 0)
    throw new Error(`operations without a controller: [${missing.join(', ')}], with more than one: [${doubled.join(', ')}]`);
}
