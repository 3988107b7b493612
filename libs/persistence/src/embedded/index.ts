/** The embedded server: a real PostgreSQL without an installation. */
export { EmbeddedPostgresError } from './error.js';
export { FolderInUse } from './lock.js';
export { startEmbeddedPostgres, type EmbeddedOptions, type EmbeddedPostgres } from './start.js';
