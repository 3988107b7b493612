/** The schema of the database and how it changes. */
export { checkDatabase, DatabaseUnfit, unfitOf } from './check-database.js';
export { listMigrations } from './folder.js';
export { diffSchema, findPendingMigrations, migrate } from './migrate.js';
export { explainSchema, isFit, isSchemaAbsent, readSchemaState, type SchemaState } from './schema-state.js';
