/** For tests: the whole API over a database that has its schema. */
export { openApi } from './composition/open-api.js';
export type { ApiSettings } from './composition/settings.js';
