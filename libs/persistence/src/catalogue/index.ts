/** Markets and sites: changed over Prisma, read over pg. */
export { createCatalogueReader } from './catalogue-reader.js';
export { createCatalogueWork } from './catalogue-work.js';
