import { type Codec, UnreadableEntry } from './codec.js';
import { EVENT_TYPES, type EventKind, isEventKind, type LogEvent } from './events.js';

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

/** Whether events of that type are, or once were, written in that version. */
export function isVersionOf(kind: EventKind, version: unknown): version is number {
  const type: { readonly version: number; readonly older?: readonly number[] } = EVENT_TYPES[kind];
  return version === type.version || (type.older ?? []).some((older) => older === version);
}

/** An event as it was written. @throws UnreadableEntry where there is no such kind or version of it, or the payload is none of it. */
export function eventIn({ kind, version, payload }: KeptEvent): LogEvent {
  if (!isEventKind(kind)) throw new UnreadableEntry('kind', `${String(kind)} is unknown`);
  const type = EVENT_TYPES[kind];
  if (!isVersionOf(kind, version)) throw new UnreadableEntry('version', `${String(version)} of ${kind} is unknown`);
  return { kind, payload: type.payload.read(payload, 'payload') } as LogEvent;
}
