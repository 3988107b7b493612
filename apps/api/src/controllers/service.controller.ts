import { Controller } from '@nestjs/common';
import { Reply } from '../http/reply.js';
import { Serves } from '../http/serves.js';
import { ApiDocument } from '../service/api-document.js';
import { Metrics } from '../service/metrics.js';
import { Readiness } from '../service/readiness.js';

/** What is asked of the service itself. */
@Controller()
export class ServiceController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly document: ApiDocument,
  ) {}

  @Serves('healthz')
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Serves('readyz')
  ready(): Promise<{ status: 'ok' }> {
    return this.readiness.check();
  }

  @Serves('metrics')
  figures(): Promise<Reply<string>> {
    return this.metrics.text();
  }

  @Serves('eventSchemas')
  events(): Reply<Buffer> {
    return new Reply(this.document.eventsBytes, undefined, JSON_TEXT);
  }

  @Serves('openapi')
  openapi(): Reply<Buffer> {
    return new Reply(this.document.bytes, undefined, JSON_TEXT);
  }
}

const JSON_TEXT = { 'content-type': 'application/json; charset=utf-8' };
