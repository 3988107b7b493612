/** Markets and sites, over Prisma. */
export { createCatalogueWork } from './catalogue-work.js';
