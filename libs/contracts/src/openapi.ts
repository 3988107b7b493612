import { z } from 'zod';
import type { Operation } from './operation.js';
import { operationIds, operationOf, type OperationId } from './operations/index.js';
import { PROBLEMS, type ProblemCode } from './problems.js';
import { idempotencyKey } from './schemas/bids.js';
import { id } from './schemas/primitives.js';
import { problem } from './schemas/problem.js';

type Json = Record<string, unknown>;
const PROBLEM_TYPE = 'application/problem+json';

/** The OpenAPI 3.1 document of the whole API, from the table of operations. */
export function openApiDocument(version: string): Json {
  const components: Record<string, Json> = {};
  const paths: Record<string, Json> = {};
  for (const operationId of operationIds) {
    const operation = operationOf(operationId);
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(operationId, operation, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Eris',
      version,
      description: 'An online auction for the resources of edge sites. Amounts are credits as decimal text; slots are numbered from 0.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths,
    components: { schemas: components, securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key' } } },
  };
}

function describe(operationId: OperationId, operation: Operation, components: Record<string, Json>): Json {
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => jsonSchema(schema, io, components);
  return {
    operationId,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(operation.policy === 'anyone' ? { security: [] } : { 'x-roles': operation.policy.roles }),
    parameters: parametersOf(operation, schemaOf),
    ...(operation.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(operation.body, 'input') } } } }
      : {}),
    responses: { ...successes(operation, schemaOf), ...problems(operation, schemaOf) },
  };
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json;

function parametersOf(operation: Operation, schemaOf: SchemaOf): Json[] {
  const path = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaOf(id, 'input'),
  }));
  const query = operation.query instanceof z.ZodObject ? operation.query.shape : {};
  const queries = Object.entries(query).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemaOf(schema as z.ZodType, 'input'),
  }));
  const headers = Object.entries(operation.headers ?? {}).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  const key = operation.idempotent
    ? [{ name: 'Idempotency-Key', in: 'header', required: true, schema: schemaOf(idempotencyKey, 'input') }]
    : [];
  return [...path, ...queries, ...key, ...headers];
}

function successes(operation: Operation, schemaOf: SchemaOf): Json {
  return Object.fromEntries(
    Object.entries(operation.responses).map(([status, { description, schema, mediaType }]) => {
      const content = schema
        ? { 'application/json': { schema: schemaOf(schema, 'output') } }
        : mediaType
          ? { [mediaType]: { schema: { type: 'string' } } }
          : undefined;
      return [status, { description, ...(content ? { content } : {}) }];
    }),
  );
}

/** The codes of whatever has a body. */
const OF_BODIES: readonly ProblemCode[] = [
  'malformed_json',
  'invalid_body',
  'body_too_large',
  'unsupported_media_type',
  'unsupported_charset',
  'unsupported_encoding',
  'request_timeout',
  'bodies_in_hand',
];

/** The codes that an operation may answer with, by the parts that it has. */
export function problemCodesOf(operation: Operation): readonly ProblemCode[] {
  const codes: ProblemCode[] = ['internal_error', 'database_unavailable', 'overloaded', ...(operation.problems ?? [])];
  if (operation.policy !== 'anyone')
    codes.push('unauthenticated', 'role_not_allowed', 'rate_limited', 'share_exceeded', 'requests_in_hand', 'connections_open');
  if (operation.path.includes('{')) codes.push('not_found');
  if (operation.path.includes('{marketId}')) codes.push('market_unknown');
  if (operation.query) codes.push('invalid_query');
  if (operation.headers) codes.push('invalid_header');
  if (operation.body) codes.push(...OF_BODIES);
  if (operation.idempotent) codes.push('idempotency_key_missing', 'invalid_header');
  return [...new Set(codes)];
}

function problems(operation: Operation, schemaOf: SchemaOf): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemCodesOf(operation)) byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code]);
  const content = { [PROBLEM_TYPE]: { schema: schemaOf(problem, 'output') } };
  return Object.fromEntries(
    [...byStatus].sort(([a], [b]) => a - b).map(([status, codes]) => [status, { description: codes.join(', '), content }]),
  );
}

/** JSON Schema 2020-12 of a schema; those with an id become components and are pointed at. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Record<string, Json>): Json {
  const { $schema: _dialect, $defs = {}, ...rest } = z.toJSONSchema(schema, { io }) as Json;
  for (const [name, definition] of Object.entries($defs as Record<string, Json>)) components[name] ??= pointed(definition) as Json;
  const { id: name } = rest;
  if (typeof name !== 'string') return pointed(rest) as Json;
  components[name] ??= pointed(rest) as Json;
  return { $ref: `#/components/schemas/${name}` };
}

/** Points references inside one schema at the document's components, and drops the ids that zod leaves in them. */
function pointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointed);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !(key === 'id' && typeof inner === 'string'));
  return Object.fromEntries(
    kept.map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? inner.replace(/^#\/\$defs\//, '#/components/schemas/') : pointed(inner),
    ]),
  );
}
