import type { OpenBackend } from './backend.js';
import { openModel } from './model-backend.js';
import { openPostgres } from './postgres-backend.js';

/** Whatever the ports lie over. */
export const BACKENDS: readonly (readonly [string, OpenBackend])[] = [
  ['Postgres', openPostgres],
  ['the model of the simulation', openModel],
];
