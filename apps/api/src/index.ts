/** For tests: the whole API over a database that has its schema. */
export { createApplication } from './composition/create-application.js';
export type { ApiSettings } from './composition/settings.js';
