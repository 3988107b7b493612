import { eventSchemas, openApiDocument } from '#contracts';

/** What is published of the API, made once. */
export class ApiDocument {
  /** The OpenAPI document. */
  readonly json: Record<string, unknown>;
  /** The JSON Schema of events. */
  readonly events: Record<string, unknown>;

  constructor(version: string) {
    this.json = openApiDocument(version);
    this.events = eventSchemas();
  }
}
