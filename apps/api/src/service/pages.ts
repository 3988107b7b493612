import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PAGES_PATH } from '../http/unrouted.js';
import { ApiDocument } from './api-document.js';

/** The document as pages to read and try; everything they need comes with them. */
export function showPages(app: NestFastifyApplication): void {
  const document = app.get(ApiDocument).json as unknown as OpenAPIObject;
  SwaggerModule.setup(PAGES_PATH, app, document, { raw: false, customSiteTitle: 'Eris' });
}
