import { type Codec, UnreadableEntry } from './codec.js';
import { EVENT_TYPES, isEventKind, type LogEvent } from './events.js';

/** The payload of an event as JSON keeps it. */
export function payloadJson({ kind, payload }: LogEvent): unknown {
  return (EVENT_TYPES[kind].payload as Codec<LogEvent['payload']>).write(payload);
}

/** How an event is kept: the columns of its row that say what it is. */
export interface KeptEvent {
  readonly kind: unknown;
  readonly version: unknown;
  readonly payload: unknown;
}

/** An event as it was written. @throws UnreadableEntry where there is no such kind or version of it, or the payload is none of it. */
export function eventIn({ kind, version, payload }: KeptEvent): LogEvent {
  if (!isEventKind(kind)) throw new UnreadableEntry('kind', `${String(kind)} is unknown`);
  const type = EVENT_TYPES[kind];
  if (version !== type.version) throw new UnreadableEntry('version', `${String(version)} of ${kind} is unknown`);
  return { kind, payload: type.payload.read(payload, 'payload') } as LogEvent;
}
