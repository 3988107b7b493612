import type { DatabaseAddress } from './address.js';
import type { Said } from './trouble.js';

interface Names {
  readonly user: string;
  readonly database: string;
  readonly schema: string;
}
type Meaning = (names: Names, ...groups: readonly string[]) => string;

/** Postgres: the role may not. Also what it says where the system forbids it a file of its own. */
const NOT_PERMITTED = '42501';
/** Prisma: tables, and none of its own. */
const NOT_EMPTY = 'P3005';
/** Prisma: a migration has failed before. */
const FAILED_BEFORE = 'P3009';
/** Postgres: there is a table, or another thing, of that name. */
const NAME_TAKEN = new Set(['42P07', '42710', '42723']);
/** Ends a connection as it begins: what the address asks for cannot be had. */
const AT_THE_START = 'FATAL';
/** Wrong settings, by class: what is asked for is not known (42), has no such value (22), or cannot be changed now (55P02). */
const SETTING_STATES = /^(?:42...|22...|55P02)$/;

/** What a role may not do, by Postgres's words, the nearest first; each in the middle of a sentence about the database. */
const DENIED: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^could not .*: Permission denied/,
    (_, message) =>
      `the system does not let it have a file of its own (${message}). On its machine give the whole data folder to the user whom Postgres runs as` +
      ' (chown -R OWNER FOLDER; chmod -R u+rwX FOLDER).',
  ],
  [
    /^permission denied for schema (.+)$/,
    ({ user, database }, _, schema) =>
      `the user ${user} may not make tables in its schema ${bare(schema)}. As a superuser or its owner: GRANT USAGE, CREATE ON SCHEMA ${named(schema)} TO ${named(user)}` +
      (bare(schema) === 'public' ? `; or ALTER DATABASE ${named(database)} OWNER TO ${named(user)}.` : '.'),
  ],
  [
    /^permission denied for (?:table|relation|view|sequence) (.+)$/,
    ({ user, schema }, _, table) =>
      `the user ${user} may not use the table ${bare(table)}. Name in DATABASE_URL the user who owns Eris's tables (only he can migrate them);` +
      ` or, as he: GRANT USAGE ON SCHEMA ${named(schema)} TO ${named(user)}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${named(schema)} TO ${named(user)};` +
      ` GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${named(schema)} TO ${named(user)}.`,
  ],
  [
    /^must be owner of (.+)$/,
    ({ user }, _, thing) =>
      `the user ${user} does not own its ${thing}, and only the owner can migrate it. Name the owner in DATABASE_URL, or give ${named(user)} what is his (ALTER … OWNER TO ${named(user)}; REASSIGN OWNED BY …).`,
  ],
];

const NO_CONNECT: Meaning = ({ user, database }) =>
  `the user ${user} may not connect to it. As a superuser or its owner: GRANT CONNECT ON DATABASE ${named(database)} TO ${named(user)}.`;
const NO_SCHEMAS: Meaning = ({ user, database, schema }) =>
  `it has no schema ${schema}, and the user ${user} may not make one. As a superuser or its owner: GRANT CREATE ON DATABASE ${named(database)} TO ${named(user)};` +
  ` or CREATE SCHEMA ${named(schema)} AUTHORIZATION ${named(user)}.`;

/**
 * What an answer of the database means that is a refusal and no failure of the connection, and what to do, as the end of a sentence.
 * @returns undefined where it is no such refusal.
 */
export function denialOf({ code, severity, message }: Said, address: DatabaseAddress): string | undefined {
  if (code === NOT_EMPTY)
    return `its schema ${address.schema} holds tables of something else and none of Eris's. Name an empty database in DATABASE_URL, or a schema of its own (?schema=NAME).`;
  if (code === FAILED_BEFORE)
    return `a migration has failed in it before (${/`[^`]+`/.exec(message)?.[0] ?? message}). It was rolled back as a whole: mend what made it fail, DELETE FROM _prisma_migrations WHERE finished_at IS NULL, and migrate again.`;
  if (NAME_TAKEN.has(code))
    return `its schema ${address.schema} holds something else of the same name (${message}). Name an empty database in DATABASE_URL, or a schema of its own (?schema=NAME).`;
  const isAtStart = severity === AT_THE_START;
  if (code === NOT_PERMITTED) {
    if (/^permission denied for database /.test(message)) return (isAtStart ? NO_CONNECT : NO_SCHEMAS)(address);
    for (const [words, meaning] of DENIED) {
      const match = words.exec(message);
      if (match) return meaning(address, ...match);
    }
    if (!isAtStart)
      return `the user ${address.user} may not do what Eris needs (${message}). Grant it, or name in DATABASE_URL a user who owns the database.`;
  }
  if (isAtStart && SETTING_STATES.test(code))
    return `it does not take what DATABASE_URL asks for in its parameter options (${message}). Correct that, or leave it out.`;
  return undefined;
}

const bare = (name: string): string => name.replaceAll('"', '');
/** A name as SQL takes it. */
const named = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(bare(name)) ? bare(name) : `"${bare(name)}"`);
