/** How long to let things gather, by how fast they come. */
export { AdaptiveDelay, type AdaptiveDelayLimits } from './adaptive-delay.js';
