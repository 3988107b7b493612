import { z } from 'zod';
import { bidFormsOf, type JobWire } from './bid-forms.js';
import { headersOf, problemsByStatus } from './answers.js';
import { HEADERS_ALWAYS, HEADERS_ANYWHERE, headersOfProblems, RESPONSE_HEADERS, responseHeaders, type ResponseHeader } from './headers.js';
import { isRepeatable, type Operation, scopesOf, type SuccessResponse } from './operation.js';
import { operationIds, operationOf, type OperationId } from './operations/index.js';
import { type ProblemCode, PROBLEMS } from './problems.js';
import { idempotencyKey } from './schemas/bids.js';
import { budgetName } from './schemas/budgets.js';
import { marketEvent } from './schemas/events.js';
import { id } from './schemas/primitives.js';
import { problem } from './schemas/problem.js';

type Json = Record<string, unknown>;
const PROBLEM_TYPE = 'application/problem+json';

/**
 * The OpenAPI 3.1 document of the whole API, from the table of operations.
 * @param wires of the kinds of jobs that are sold.
 */
export function openApiDocument(version: string, wires: readonly JobWire[]): Json {
  const forms = bidFormsOf(wires);
  const components: Record<string, Json> = {};
  const paths: Record<string, Json> = {};
  for (const operationId of operationIds) {
    const operation = forms.complete(operationOf(operationId));
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(operationId, operation, components) };
  }
  jsonSchema(marketEvent, 'output', components); // what is told beyond answers to requests
  components.ProblemCode = { type: 'string', enum: Object.keys(PROBLEMS), description: 'What a problem is: the end of its `type`.' };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Eris',
      version,
      description:
        'An online auction for the resources of edge sites. Amounts are credits as decimal text; slots are numbered from 0. A request to an operation with `x-repeatable: true` may be sent again where nobody knows what became of it: it changes nothing, or nothing more, or the key that comes with it says that it is the same.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { session: [] }],
    paths,
    components: {
      schemas: components,
      headers: headerComponents(),
      responses: elsewhere((schema, io) => jsonSchema(schema, io, components)),
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'eris_session',
          description: 'The session of a browser that has signed in (POST /v1/sessions)',
        },
      },
    },
  };
}

function describe(operationId: OperationId, operation: Operation, components: Record<string, Json>): Json {
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => jsonSchema(schema, io, components);
  return {
    operationId,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...accessOf(operation),
    'x-repeatable': isRepeatable(operation),
    parameters: parametersOf(operation, schemaOf),
    ...bodyOf(operation, schemaOf),
    responses: { ...successes(operation, schemaOf), ...problems(operation, schemaOf) },
  };
}

/** Who may ask it: by what, with which roles and scope. */
function accessOf(operation: Operation): Json {
  const { policy, keyOnly } = operation;
  const scopes = scopesOf(operation);
  if (policy === 'anyone') return { security: [] };
  return {
    ...(keyOnly ? { security: [{ key: [] }] } : {}),
    'x-roles': policy.roles,
    ...(scopes.length === 0 ? {} : { 'x-scope': scopes.join(' ') }),
  };
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json;

function parametersOf(operation: Operation, schemaOf: SchemaOf): Json[] {
  const path = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaOf(name === 'name' ? budgetName : id, 'input'),
  }));
  const query = operation.query instanceof z.ZodObject ? operation.query.shape : {};
  const queries = Object.entries(query).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !(schema as z.ZodType).safeParse(undefined).success,
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

function bodyOf({ body, publishedBody = body }: Operation, schemaOf: SchemaOf): Json {
  if (!publishedBody) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(publishedBody, 'input') } } } };
}

function successes(operation: Operation, schemaOf: SchemaOf): Json {
  return Object.fromEntries(
    Object.entries(operation.responses).map(([status, response]) => {
      const headers = pointers(headersOf(operation, Number(status)));
      return [status, { description: response.description, headers, ...contentOf(response, schemaOf) }];
    }),
  );
}

/** A stream is described by one of its messages, as generators of clients expect it. */
function contentOf({ schema, mediaType, message }: SuccessResponse, schemaOf: SchemaOf): Json {
  if (schema) return { content: { 'application/json': { schema: schemaOf(schema, 'output') } } };
  if (!mediaType) return {};
  return { content: { [mediaType]: { schema: message ? schemaOf(message, 'output') : { type: 'string' } } } };
}

function problems(operation: Operation, schemaOf: SchemaOf): Json {
  const content = { [PROBLEM_TYPE]: { schema: schemaOf(problem, 'output') } };
  return Object.fromEntries(
    [...problemsByStatus(operation)].map(([status, codes]) => [
      status,
      { description: codes.join(', '), headers: pointers(headersOf(operation, status)), content },
    ]),
  );
}

const pointers = (names: readonly ResponseHeader[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** Every header that an answer may have. Those that every answer has are required. */
const headerComponents = (): Json =>
  Object.fromEntries(
    responseHeaders.map((name) => {
      const { description, schema }: { description: string; schema: object } = RESPONSE_HEADERS[name];
      return [name, { description, ...(HEADERS_ALWAYS.includes(name) ? { required: true } : {}), schema }];
    }),
  );

/** What is answered at addresses and to methods that no operation has. */
function elsewhere(schemaOf: SchemaOf): Json {
  const answerOf = (code: ProblemCode): Json => ({
    description: `${code}: ${PROBLEMS[code].title}`,
    headers: pointers([...HEADERS_ANYWHERE, ...headersOfProblems([code])]),
    content: { [PROBLEM_TYPE]: { schema: schemaOf(problem, 'output') } },
  });
  return { RouteUnknown: answerOf('route_unknown'), MethodNotAllowed: answerOf('method_not_allowed') };
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
