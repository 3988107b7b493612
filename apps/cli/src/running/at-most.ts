import type { Fetch } from '#sdk';

/** Requests of which no more than `count` are under way at once: who opens a connection for each of hundreds is turned away as a crowd. */
export function atMost(count: number): Fetch {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (request) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await fetch(request);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
