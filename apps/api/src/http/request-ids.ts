import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { RandomBytes } from '#market';

/** What a caller may call its request: text that is safe in headers and in logs. */
const GIVEN = /^[\w.:-]{8,64}$/;
const PREFIX_BYTES = 9;

/** Makes ids unlike those of any other process. */
export function newRequestIds(randomBytes: RandomBytes): () => string {
  const prefix = Buffer.from(randomBytes(PREFIX_BYTES)).toString('base64url');
  let count = 0;
  return () => `${prefix}.${(count++).toString(36)}`;
}

/** The caller's own id where it gave a sane one, else a new one. */
export const requestIdOf =
  (newId: () => string) =>
  ({ headers: { 'x-request-id': given } }: IncomingMessage): string =>
    typeof given === 'string' && GIVEN.test(given) ? given : newId();

/** Says on every answer what its request is known by. */
export function tellRequestIds(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
}
