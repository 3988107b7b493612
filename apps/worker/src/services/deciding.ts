import type { Service } from '#runtime';
import { THINK_GRACE_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Ends deciding: each market finishes the batch that it is at, what takes long for a moment, and leases are given back. What wakes markets begins it. */
export const deciding = ({ runner, thinkers }: WorkerParts): Service => ({
  name: 'deciding',
  start: () => undefined,
  stop: async () => {
    await Promise.all([runner.stop(), thinkers.close(THINK_GRACE_MS)]);
  },
});
