import { eventSchemas, openApiDocument } from '#contracts';
import type { Kinds } from '#kinds';

/** What is published of the API, made once. */
export class ApiDocument {
  /** The OpenAPI document. */
  readonly json: Record<string, unknown>;
  /** The same as it is sent, written once: it is long, and whoever asks for it shows no key. */
  readonly bytes: Buffer;
  /** The JSON Schema of events, as it is sent. */
  readonly eventsBytes: Buffer;

  constructor(version: string, { wires }: Kinds) {
    this.json = openApiDocument(version, wires);
    this.bytes = Buffer.from(JSON.stringify(this.json));
    this.eventsBytes = Buffer.from(JSON.stringify(eventSchemas()));
  }
}
