import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem-error.js';

/** Reads JSON bodies with Fastify's own parser (which refuses `__proto__`), and says what is wrong with those that aren't JSON. */
export function readJsonBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') return done(new ProblemError('malformed_json', { detail: 'The body is empty.' }));
    void parse(request, text as string, (error, body) => done(error ? malformed(error, text as string) : null, body));
  });
}

/** The parser of Fastify doesn't say where; that of the language does. */
function malformed(error: Error, text: string): ProblemError {
  return new ProblemError('malformed_json', { detail: complaintOf(text) ?? error.message });
}

function complaintOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message.replaceAll(/, ".*" is not valid JSON$/gs, ' is not valid JSON') : undefined;
  }
}
