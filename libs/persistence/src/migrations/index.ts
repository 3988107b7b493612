/** The schema of the database and how it changes. */
export { listMigrations } from './folder.js';
export { diffSchema, findPendingMigrations, migrate } from './migrate.js';
