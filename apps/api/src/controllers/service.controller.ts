import { Controller } from '@nestjs/common';
import type { Reply } from '../http/reply.js';
import { Serves } from '../http/serves.js';
import { ApiDocument } from '../service/api-document.js';
import { Metrics } from '../service/metrics.js';
import { Readiness } from '../service/readiness.js';

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
  events(): Record<string, unknown> {
    return this.document.events;
  }

  @Serves('openapi')
  openapi(): Record<string, unknown> {
    return this.document.json;
  }
}
