/** How long to let things gather, by how fast they come. */
export { Pace, type PaceLimits } from './pace.js';
