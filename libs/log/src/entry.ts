import { invariant } from '#units';
import { type Codec, UnreadableEntry } from './codec.js';
import { EVENT_TYPES, isEventKind, type LogEvent } from './events.js';

/** An entry that is to be written: its place in the log of a market, and whose it is where not every member reads of it. */
export interface NewEntry {
  readonly marketId: bigint;
  readonly sequence: bigint;
  /** null exactly where the audience of the event's type is all members. */
  readonly organisationId: bigint | null;
  readonly event: LogEvent;
}

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

/** @throws InvariantError where an entry has an owner that its audience does not ask for, or lacks one. */
export function checkEntry({ organisationId, event }: NewEntry): void {
  invariant((EVENT_TYPES[event.kind].audience === 'owner') === (organisationId !== null), `${event.kind} has the audience of its type`);
}
