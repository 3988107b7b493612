import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, wherever the compiled bench stands. */
export const root = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** Reference data beside the repository, where somebody put them; the bench then measures on them too. */
export const shared = join(root, '..', 'shared');
export const hasShared = existsSync(join(shared, 'data', 'oracle-exact.jsonl'));

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
