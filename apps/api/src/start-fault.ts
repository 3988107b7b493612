import type { Config } from '#config';
import { DatabaseUnfit, explainSchema, isSchemaAbsent } from '#persistence';
import { AddressError, explainTrouble, placeOf } from '#postgres';

/** Why the API can't start, in one line for whoever starts it; undefined where nobody has words for it. */
export function explainStart(cause: unknown, { databaseUrl = '', host, hostFrom, port }: Config): string | undefined {
  if (cause instanceof DatabaseUnfit || cause instanceof AddressError) return cause.message;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is taken. Set PORT to another one.`;
  if (code === 'EACCES') return `Port ${port} of ${host} is not for this user. Set PORT to another one, above 1023.`;
  if (code === 'EADDRNOTAVAIL')
    return `${host} is no address of this machine. Set ${hostFrom === 'HOST' ? 'ERIS_HOST (or HOST)' : 'ERIS_HOST'} to one: 127.0.0.1, or 0.0.0.0 for all.`;
  if (isSchemaAbsent(cause)) return `The database at ${placeOf(databaseUrl)} ${explainSchema({ kind: 'absent' })}`;
  return explainTrouble(cause, databaseUrl);
}
