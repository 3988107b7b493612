import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared', import.meta.url));

/** Reference data and tools, published beside the repository; tests that need them are skipped where they are absent. */
export const published = {
  exists: existsSync(join(folder, 'data', 'oracle-exact.jsonl')),
  path: (...parts: string[]): string => join(folder, ...parts),
};

/** `describe`, or where the published data is absent a skipped one whose title says so. */
export function describePublished(title: string, body: () => void): void {
  if (published.exists) describe(title, body);
  else describe.skip(`${title} (skipped: ${folder} is not there)`, body);
}
