/** Use cases of the marketplace and the ports they need. */
export * from './accepting/index.js';
export * from './bid-body.js';
export * from './book/index.js';
export * from './clock/index.js';
export * from './deciding/index.js';
export * from './quoting/index.js';
export * from './reading/index.js';
