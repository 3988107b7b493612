import { openApiDocument } from '#contracts';

/** The OpenAPI document, made once. */
export class ApiDocument {
  readonly json: Record<string, unknown>;

  constructor(version: string) {
    this.json = openApiDocument(version);
  }
}
