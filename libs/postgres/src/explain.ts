import { AddressError, addressOf, placeOf } from './address.js';
import { denialOf } from './denials.js';
import { SessionError } from './session.js';
import { answersIn, codesOf, isDatabaseTrouble } from './trouble.js';

const ESCAPED = 'In a password @ / ? # : and % must be escaped (%40 %2F %3F %23 %3A %25)';
const START_IT = 'Start it, or correct DATABASE_URL.';

/** Eris lifts these limits with its first statement, which has to come that soon. */
function shortLimit(setting: string): string {
  return `its ${setting} for the user {user} is too short for a connection to be made. ALTER ROLE {user} RESET ${setting}; ALTER DATABASE … RESET ${setting}; or make it longer in postgresql.conf.`;
}

/** What errors with these codes mean, in words for whoever set DATABASE_URL. `{host}` and `{user}` are filled in. */
const MEANINGS: readonly (readonly [readonly string[], string])[] = [
  [['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'], `the host {host} is not known. Correct DATABASE_URL. ${ESCAPED}.`],
  [['ECONNREFUSED'], START_IT],
  [
    ['28P01', 'AuthenticationFailed', 'P1000'],
    `it does not take the password of the user {user}. Correct DATABASE_URL. ${ESCAPED}; PGPASSWORD and ~/.pgpass are not read.`,
  ],
  [['28000', 'DatabaseAccessDenied', 'P1010'], 'it does not let the user {user} in (pg_hba.conf). Correct DATABASE_URL, or the server.'],
  [['3D000', 'DatabaseDoesNotExist', 'P1003'], 'it has no database of that name. Make it (createdb), or correct DATABASE_URL.'],
  [['53300', 'TooManyConnections'], 'it has no connection left. Lower ERIS_DATABASE_CONNECTIONS, or raise its max_connections.'],
  [['57P05'], shortLimit('idle_session_timeout')],
  [['25P04'], shortLimit('transaction_timeout')],
  [['57P03'], 'it is starting or stopping. Try again in a moment.'],
  [
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_GET_ISSUER_CERT',
      'CERT_UNTRUSTED',
    ],
    'its certificate is signed by nobody whom this machine trusts (self-signed, or of an authority of your own).' +
      ' Add sslrootcert=FILE with the certificate of its authority to DATABASE_URL; sslmode=no-verify trusts any, and so anybody in between.',
  ],
  [['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'], 'its certificate is out of date. Renew it on the server, and look at the clocks.'],
  [
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
    'its certificate is of another name than {host}. Name the server as its certificate does, or say sslmode=verify-ca with sslrootcert=FILE.',
  ],
];

/** pg says these in words only. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /does not support SSL connections/,
    'it takes no encrypted connections. Leave sslmode out of DATABASE_URL (sslmode=disable), or set the server up for TLS.',
  ],
  [
    /no pg_hba.conf entry/,
    'its pg_hba.conf does not let {user} in from here, perhaps because the connection is not encrypted: try sslmode=require.',
  ],
  [
    /unsupported startup parameter/,
    'a pooler stands in between that refuses settings at the start. Let it ignore them (ignore_startup_parameters = options; docs/operations.md).',
  ],
  [
    /timeout exceeded|timeout expired|connection timeout|read timeout/i,
    `it does not answer: something takes the connection and says nothing. ${START_IT}`,
  ],
];

/**
 * Says why a database cannot be used, and what to do: one line without any password.
 * @returns undefined where the error is neither of the connection nor a refusal of the database.
 */
export function explainTrouble(error: unknown, url: string): string | undefined {
  if (error instanceof AddressError) return `${error.message}.`;
  const address = addressOf(url);
  if (!messagesOf(error).some((one) => one instanceof SessionError))
    for (const said of answersIn(error)) {
      const denial = denialOf(said, address);
      if (denial !== undefined) return `The database at ${placeOf(url)} cannot be used: ${denial} (${said.code})`;
    }
  const { host, user } = address;
  const meaning = meaningOf(error);
  if (meaning === undefined) return undefined;
  const code = codesOf(error).find((one) => /^[A-Z0-9_]{5,}$/.test(one));
  const colon = meaning === START_IT ? '.' : ':';
  return `The database at ${placeOf(url)} cannot be reached${colon} ${meaning.replaceAll('{host}', host).replaceAll('{user}', user)}${code === undefined ? '' : ` (${code})`}`;
}

function meaningOf(error: unknown): string | undefined {
  const session = messagesOf(error).find((one) => one instanceof SessionError);
  if (session) return `${session.message}.`;
  const codes = codesOf(error);
  const byCode = MEANINGS.find(([known]) => known.some((code) => codes.includes(code)));
  if (byCode) return byCode[1];
  const texts = messagesOf(error).map(({ message }) => message);
  const byWords = WORDS.find(([pattern]) => texts.some((text) => pattern.test(text)));
  if (byWords) return byWords[1];
  return isDatabaseTrouble(error) ? `${texts[0] ?? codes[0] ?? 'it gives no reason'}. ${START_IT}` : undefined;
}

/** The error and what caused it. */
function messagesOf(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return [];
  const inner: unknown[] = [error.cause, ...('errors' in error && Array.isArray(error.errors) ? (error.errors as unknown[]) : [])];
  return [error, ...inner.flatMap(messagesOf)];
}
