import type { EventKind } from '#log';
import { z } from 'zod';
import { EVENTS, marketEvent } from './schemas/events.js';

type Json = Record<string, unknown>;
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The JSON Schema of one type of event as it is told: all that it needs is in it. */
export const eventSchema = (kind: EventKind): Json => ({ ...schemaOf(EVENTS[kind], `urn:eris:event:${kind}`), title: kind });

/** The JSON Schema of any event: one of all types, each of which stands in `$defs`. */
export const eventSchemas = (): Json => schemaOf(marketEvent, 'urn:eris:event');

/** A schema with what it points at beside it; itself is not pointed at. */
function schemaOf(schema: z.ZodType, id: string): Json {
  const { $schema: _dialect, $ref, $defs = {}, ...own } = unnamed(z.toJSONSchema(schema, { io: 'output' })) as Json;
  const definitions = Object.entries($defs as Json);
  const root = definitions.find(([name]) => $ref === `#/$defs/${name}`);
  const others = definitions.filter((definition) => definition !== root);
  return {
    $schema: DIALECT,
    $id: id,
    ...(root ? (root[1] as Json) : own),
    ...(others.length > 0 ? { $defs: Object.fromEntries(others) } : {}),
  };
}

/** Drops the ids by which zod names components: in JSON Schema they mean nothing. */
function unnamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unnamed);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !(key === 'id' && typeof inner === 'string'));
  return Object.fromEntries(kept.map(([key, inner]) => [key, unnamed(inner)]));
}
