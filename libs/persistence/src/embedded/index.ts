/** The embedded server: a real PostgreSQL without an installation, and the folder that it lies in. */
export { findEmbeddedPostgres, type FoundPostgres, giveToOwnerOf, makeDataFile, makeDataFolder } from './data-folder.js';
export { EmbeddedPostgresError } from './error.js';
export { FolderInUse } from './lock.js';
export { startEmbeddedPostgres, type EmbeddedOptions, type EmbeddedPostgres } from './start.js';
