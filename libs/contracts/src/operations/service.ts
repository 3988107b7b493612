import { z } from 'zod';
import { ANYONE, defineOperations } from '../operation.js';

const tag = 'service';
const state = z.strictObject({ status: z.literal('ok') });

/** Operations on the service itself. */
export const serviceOperations = defineOperations({
  healthz: {
    method: 'GET',
    path: '/healthz',
    tag,
    summary: 'The process runs',
    policy: ANYONE,
    responses: { 200: { description: 'It does', schema: state } },
  },
  readyz: {
    method: 'GET',
    path: '/readyz',
    tag,
    summary: 'The service can serve: its database answers, with the schema of this version',
    policy: ANYONE,
    responses: { 200: { description: 'It can', schema: state } },
    problems: ['schema_mismatch'],
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    tag,
    summary: 'Figures for Prometheus',
    policy: ANYONE,
    responses: { 200: { description: 'The figures', mediaType: 'text/plain' } },
  },
  eventSchemas: {
    method: 'GET',
    path: '/events.schema.json',
    tag,
    summary: 'The JSON Schema of events',
    description:
      'Of any event (`oneOf`), each type of which stands in `$defs`. The same lie in `docs/events` of the source, a file for each type. The `data` of a message of the stream is such an event.',
    policy: ANYONE,
    responses: { 200: { description: 'JSON Schema 2020-12', schema: z.looseObject({ $defs: z.record(z.string(), z.looseObject({})) }) } },
  },
  openapi: {
    method: 'GET',
    path: '/openapi.json',
    tag,
    summary: 'This document',
    policy: ANYONE,
    responses: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.literal('3.1.0') }) } },
  },
});
